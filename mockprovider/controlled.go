package mockprovider

import "net/http"

func controlOf(*Host) http.Handler { return http.NotFoundHandler() }
