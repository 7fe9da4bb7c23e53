package dialectfile

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// IsOwn reports whether only one provider knows a cause: it begins with app and has
// words in that provider's persona only.
func IsOwn(cause protocol.Cause) bool { return strings.HasPrefix(string(cause), "app.") }

// CheckCauses finds an unknown cause among those that have words of their own.
func CheckCauses(errors map[protocol.Cause]Refusal) error {
	for _, cause := range slices.Sorted(maps.Keys(errors)) {
		if err := CheckCause(cause); err != nil {
			return err
		}
	}
	return nil
}

// CheckCause returns an error with the near miss for an unknown cause.
func CheckCause(cause protocol.Cause) error {
	known := protocol.Values[protocol.Cause]("")
	if IsOwn(cause) || slices.Contains(known, string(cause)) {
		return nil
	}
	if near, ok := strict.Nearest(string(cause), known); ok {
		return fmt.Errorf("unknown cause %q: did you mean %s?", cause, near)
	}
	return fmt.Errorf("unknown cause %q: want one such as %s", cause, protocol.CauseRefreshTokenRevoked)
}
