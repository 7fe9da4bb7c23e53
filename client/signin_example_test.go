package client_test

import (
	"crypto/rand"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/clienttest"
)

// signIn serves the two pages of a sign-in.
func signIn(rp *client.Client) http.Handler {
	pending := sync.Map{} // logins that wait for an answer, by cookie; an app drops old ones
	pages := http.NewServeMux()
	pages.HandleFunc("GET /login", func(w http.ResponseWriter, r *http.Request) {
		login, err := rp.Authorize(r.Context(), client.AuthorizeOptions{})
		if err != nil {
			log.Print(err)
			http.Error(w, "The provider cannot be reached. Try again later.", http.StatusBadGateway)
			return
		}
		id := rand.Text()
		pending.Store(id, login)
		http.SetCookie(w, &http.Cookie{Name: "__Host-login", Value: id, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
		http.Redirect(w, r, login.URL, http.StatusSeeOther)
	})
	pages.HandleFunc("GET /callback", func(w http.ResponseWriter, r *http.Request) {
		cookie, err := r.Cookie("__Host-login")
		if err != nil {
			http.Error(w, "No sign-in was begun here.", http.StatusBadRequest)
			return
		}
		found, _ := pending.LoadAndDelete(cookie.Value)
		login, _ := found.(*client.Authorization) // Callback refuses nil
		session, err := rp.Callback(r.Context(), login, r.URL.Query())
		if err != nil {
			log.Print(err) // names the check that failed, and its clause
			http.Error(w, "The sign-in failed. Try again.", http.StatusForbidden)
			return
		}
		// Here an app makes a session of its own, for the pair of issuer and subject.
		fmt.Fprintf(w, "Hello, %s.", session.Subject)
	})
	return pages
}

// An app signs a user in: the function signIn is all of it.
func Example() {
	provider := clienttest.NewProvider(quiet{})
	rp, err := client.New(client.Config{
		Issuer: "https://op.example", ClientID: "app", ClientSecret: "secret", RedirectURL: "https://app.example/callback",
		HTTPClient: &http.Client{Transport: provider}, Now: provider.Now, // for this test only
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	app := signIn(rp)

	// A browser, and the user at the provider.
	begun := httptest.NewRecorder()
	app.ServeHTTP(begun, httptest.NewRequest(http.MethodGet, "https://app.example/login", http.NoBody))
	there, err := url.Parse(begun.Header().Get("Location"))
	if err != nil {
		fmt.Println(err)
		return
	}
	back := httptest.NewRequest(http.MethodGet, "https://app.example/callback?"+provider.Authorize(there.Query()).Encode(), http.NoBody)
	back.AddCookie(begun.Result().Cookies()[0])
	page := httptest.NewRecorder()
	app.ServeHTTP(page, back)
	fmt.Println(page.Code, page.Body)
	// Output: 200 Hello, alice.
}
