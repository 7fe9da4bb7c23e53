package interop

import "slices"

// specificationClients sign in at what the specifications say.
func specificationClients() []client {
	return slices.Concat(nodeClients(), goClients(), javaClients(), pythonClients(), rustClients(), rubyClients(), perlClients())
}
