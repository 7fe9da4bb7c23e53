package app_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/app"
)

// The web app is an http.Handler.
func ExampleNew() {
	a, err := app.New(app.Config{
		Config: client.Config{Issuer: "http://127.0.0.1:9400", ClientID: "app", RedirectURL: "http://127.0.0.1:9401/callback"},
		APIURL: "http://127.0.0.1:9400/resource/me",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	page := httptest.NewRecorder()
	a.ServeHTTP(page, httptest.NewRequest(http.MethodGet, "http://127.0.0.1:9401/", nil))
	fmt.Println(page.Code, strings.Contains(page.Body.String(), "Sign in"))
	// Output: 200 true
}
