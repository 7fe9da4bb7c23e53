//go:build !unix

package main

import "os"

// hangups returns no signals: there is no SIGHUP here.
func hangups() (signals <-chan os.Signal, stop func()) { return nil, func() {} }
