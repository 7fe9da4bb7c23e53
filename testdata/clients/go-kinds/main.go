// Small web apps, one a KIND, on golang.org/x/oauth2 and github.com/coreos/go-oidc.
// They differ in what an attack sees of an app: how it refuses, where it keeps its
// sessions, what it takes its users from. Each is correct; BUGS names the bugs that it
// has on purpose. KIND.go is the app, KIND.yaml its settings for authdrill attack and
// KIND.txt its report card.
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"
)

// kinds are the apps by name.
var kinds = map[string]func(*site) http.Handler{
	"fallback":  newFallback,
	"gateway":   newGateway,
	"pages200":  newPages200,
	"errors502": newErrors502,
	"retry":     newRetry,
	"stateless": newStateless,
	"csrf":      newCSRF,
	"throttle":  newThrottle,
	"linking":   newLinking,
	"startup":   newStartup,
	"popup":     newPopup,
	"spa":       newSPA,
}

func main() {
	start, known := kinds[os.Getenv("KIND")]
	if !known {
		log.Fatalf("unknown KIND %q", os.Getenv("KIND"))
	}
	planted := strings.FieldsFunc(os.Getenv("BUGS"), func(r rune) bool { return r == ',' || r == ' ' })
	base := "http://127.0.0.1:" + os.Getenv("PORT")
	s := newSite(base, newProvider(os.Getenv("OIDC_ISSUER"), os.Getenv("OIDC_CLIENT_ID"), os.Getenv("OIDC_CLIENT_SECRET"), base+"/callback"))
	s.bug = func(name string) bool { return slices.Contains(planted, name) }
	server := &http.Server{Addr: "127.0.0.1:" + os.Getenv("PORT"), ReadHeaderTimeout: 10 * time.Second, Handler: secure(start(s))}
	log.Fatal(server.ListenAndServe())
}

// secure sets what every page needs, and answers the question whether the app is up.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'; base-uri 'none'")
		r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
		if r.URL.Path == "/healthz" {
			fmt.Fprint(w, "well")
			return
		}
		next.ServeHTTP(w, r)
	})
}
