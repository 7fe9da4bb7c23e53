package main

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/app"
)

// hostileWords are what an app may write that a terminal or a CI would obey.
const hostileWords = "\x1b[2J\x1b]0;owned\a \u009b31m \u202eevil\n::error::forged by the app\n  ::add-mask::a\n##[error]forged\n##teamcity[testFailed]\nover\rwritten\n"

// starter is an app for scripts: the bundled client app behind a start that asks
// for the metadata, and ends with hostile words where it cannot be used.
//
//	starter ISSUER PORT SECRET
func starter() {
	issuer, address, secret := os.Args[1], "127.0.0.1:"+os.Args[2], os.Args[3]
	cfg := app.Config{Config: client.Config{
		Issuer: issuer, ClientID: "app", ClientSecret: secret, RedirectURL: "http://" + address + "/callback",
	}}
	c, err := client.New(cfg.Config)
	if err == nil {
		_, err = c.Discover(context.Background())
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s%v\n", hostileWords, err)
		return
	}
	app, err := app.New(cfg)
	if err == nil {
		err = http.ListenAndServe(address, app)
	}
	fmt.Fprintln(os.Stderr, err)
}
