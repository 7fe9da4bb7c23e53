package main

import (
	"errors"
	"net/http"
)

// app is the web application around the client.
func (a *appFlags) app(_, _, _, _ string) (http.Handler, error) {
	return nil, errors.New("the client app is not there yet: use --no-client")
}
