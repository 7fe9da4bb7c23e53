// Command floor is the program that benchmarks compare authdrill with. It does the
// least that an authorization server can do over net/http: it parses the form,
// compares the client's secret, makes a token (a JWT by hand) and answers. The
// benchmarks of package figures put both under the same load in the same minute and
// report ratios, since an absolute figure says more about the machine than about the
// program.
package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, "floor:", err)
		return
	}
	fmt.Println("http://" + listener.Addr().String())
	if err := http.Serve(listener, routes()); err != nil {
		fmt.Fprintln(os.Stderr, "floor:", err)
	}
}

func routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte("{}"))
	})
	mux.HandleFunc("POST /opaque", token(func() string { return random(20) }))
	mux.HandleFunc("POST /ES256", token(es256()))
	mux.HandleFunc("POST /RS256", token(rs256()))
	return mux
}

// token answers a client credentials request (RFC 6749 section 4.4).
func token(mint func() string) http.HandlerFunc {
	want := sha256.Sum256([]byte("app-secret"))
	return func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil || r.PostForm.Get("grant_type") != "client_credentials" {
			http.Error(w, `{"error":"unsupported_grant_type"}`, http.StatusBadRequest)
			return
		}
		id, secret, _ := r.BasicAuth()
		got := sha256.Sum256([]byte(secret))
		if id != "app" || subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			http.Error(w, `{"error":"invalid_client"}`, http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		_ = json.NewEncoder(w).Encode(map[string]any{"access_token": mint(), "token_type": "Bearer", "expires_in": 3600})
	}
}

func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// es256 signs by hand. The key is made at the first use, like authdrill's.
func es256() func() string {
	key := sync.OnceValue(func() *ecdsa.PrivateKey {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			panic(err)
		}
		return k
	})
	return func() string {
		input, digest := unsigned("ES256")
		r, s, err := ecdsa.Sign(rand.Reader, key(), digest)
		if err != nil {
			return ""
		}
		var sig [64]byte
		r.FillBytes(sig[:32])
		s.FillBytes(sig[32:])
		return input + "." + base64.RawURLEncoding.EncodeToString(sig[:])
	}
}

func rs256() func() string {
	key := sync.OnceValue(func() *rsa.PrivateKey {
		k, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		return k
	})
	return func() string {
		input, digest := unsigned("RS256")
		sig, err := rsa.SignPKCS1v15(nil, key(), crypto.SHA256, digest)
		if err != nil {
			return ""
		}
		return input + "." + base64.RawURLEncoding.EncodeToString(sig)
	}
}

// unsigned is a JWT as RFC 9068 has it, up to its signature.
func unsigned(alg string) (input string, digest []byte) {
	header, _ := json.Marshal(map[string]string{"alg": alg, "kid": "k1", "typ": "at+jwt"})
	claims, _ := json.Marshal(map[string]any{
		"iss": "http://127.0.0.1", "sub": "app", "aud": "http://127.0.0.1", "client_id": "app",
		"iat": 1893456000, "exp": 1893459600, "jti": random(16),
	})
	input = base64.RawURLEncoding.EncodeToString(header) + "." + base64.RawURLEncoding.EncodeToString(claims)
	sum := sha256.Sum256([]byte(input))
	return input, sum[:]
}
