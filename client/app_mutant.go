package client

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"strings"
)

// fumbles does what an app with a bug does when a sign-in fails, and reports
// whether it has answered.
func (a *App) fumbles(w http.ResponseWriter, r *http.Request, err error) bool {
	e := words(err)
	raw := func(status int, page string) bool {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		_, _ = fmt.Fprint(w, page)
		return true
	}
	switch {
	case a.client.has(FailureCrashes):
		return raw(http.StatusInternalServerError, "Internal Server Error")
	case a.client.has(BlankFailure):
		return raw(http.StatusBadRequest, "")
	case a.client.has(ErrorPageUnescaped):
		return raw(http.StatusBadRequest, "<p>"+e.Code+": "+e.Description+"</p>")
	case a.client.has(ErrorURILinked):
		return raw(http.StatusBadRequest, `<p><a href="`+e.URI+`">What is this?</a></p>`)
	case a.client.has(ErrorInHeader):
		for line := range strings.SplitSeq(e.Description, "\r\n") {
			if name, value, found := strings.Cut(line, ": "); found {
				w.Header().Set(name, value)
			}
		}
		return raw(http.StatusBadRequest, "<p>It failed.</p>")
	case a.client.has(SecretOnErrorPage):
		return raw(http.StatusBadRequest, fmt.Sprintf("<pre>client %s %s: %s</pre>", a.cfg.ClientID, a.cfg.ClientSecret, e.Code))
	case a.client.has(ProviderCookiesPassed):
		if refusal := rejection(err); refusal != nil && refusal.Response != nil {
			w.Header()["Set-Cookie"] = refusal.Response.Header["Set-Cookie"]
		}
	case a.client.has(FailureSignsOut):
		if _, id := a.visitor(r); id != "" {
			a.visitors.drop(id)
		}
	}
	return false
}

// stumbles does what an app with a bug does when somebody has signed in, and
// reports whether it has answered.
func (a *App) stumbles(w http.ResponseWriter, s *Session) bool {
	claims := s.claims()
	_, isText := claims["email"].(string)
	crash := func() bool {
		w.WriteHeader(http.StatusInternalServerError)
		return true
	}
	script := func(text, token string) bool {
		w.Header().Del("Content-Security-Policy") // it allows no script
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, "<script>"+text+"\nlocation = '/'</script>", token)
		return true
	}
	switch {
	case a.client.has(ClaimMissingCrashes) && !isText:
		return crash()
	case a.client.has(UserInfoFailureCrashes) && s.UserInfo == nil:
		return crash()
	case a.client.has(DistributedFetched):
		sources, _ := claims["_claim_sources"].(map[string]any)
		for _, source := range sources {
			members, _ := source.(map[string]any)
			_ = a.client.reachable(context.Background(), text(members["endpoint"]))
		}
	case a.client.has(HeaderClaimsUsed):
		s.mu.Lock()
		s.UserInfo = maps.Clone(claims)
		maps.Copy(s.UserInfo, s.IDToken.Header)
		s.mu.Unlock()
	case a.client.has(PictureFetched):
		if resp, err := a.client.http.Get(text(claims["picture"])); err == nil {
			_ = resp.Body.Close()
		}
	case a.client.has(LargeTokenDropped) && s.IDToken != nil && len(s.IDToken.Raw) > 4096:
		s.mu.Lock()
		s.IDToken = nil
		s.mu.Unlock()
		return crash()
	case a.client.has(ClaimsUnescaped):
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, `<h1>%s</h1><img src="%s">`, text(claims["name"]), text(claims["picture"]))
		return true
	case a.client.has(TokensInStorage):
		return script("localStorage.token = %q", s.AccessToken())
	case a.client.has(PopupPostsToAnybody):
		return script(`if (opener) opener.postMessage({access_token: %q}, "*")`, s.AccessToken())
	case a.client.has(TokensOnPage):
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, "<script>token = %q</script>", s.AccessToken())
		return true
	}
	return false
}

// reachable reports whether an address answers.
func (c *Client) reachable(ctx context.Context, address string) bool {
	r, err := c.get(ctx, address, "text/html")
	return err == nil && r.Status < 500
}
