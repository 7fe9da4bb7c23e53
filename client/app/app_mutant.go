package app

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"strings"

	"github.com/authdrill/authdrill/client"
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
	case a.client.HasBug(client.FailureCrashes):
		return raw(http.StatusInternalServerError, "Internal Server Error")
	case a.client.HasBug(client.BlankFailure):
		return raw(http.StatusBadRequest, "")
	case a.client.HasBug(client.ErrorPageUnescaped):
		return raw(http.StatusBadRequest, "<p>"+e.Code+": "+e.Description+"</p>")
	case a.client.HasBug(client.ErrorURILinked):
		return raw(http.StatusBadRequest, `<p><a href="`+e.URI+`">What is this?</a></p>`)
	case a.client.HasBug(client.ErrorInHeader):
		for line := range strings.SplitSeq(e.Description, "\r\n") {
			if name, value, found := strings.Cut(line, ": "); found {
				w.Header().Set(name, value)
			}
		}
		return raw(http.StatusBadRequest, "<p>It failed.</p>")
	case a.client.HasBug(client.SecretOnErrorPage):
		return raw(http.StatusBadRequest, fmt.Sprintf("<pre>client %s %s: %s</pre>", a.cfg.ClientID, a.cfg.ClientSecret, e.Code))
	case a.client.HasBug(client.ProviderCookiesPassed):
		if refusal := rejection(err); refusal != nil && refusal.Response != nil {
			w.Header()["Set-Cookie"] = refusal.Response.Header["Set-Cookie"]
		}
	case a.client.HasBug(client.FailureSignsOut):
		if _, id := a.visitor(r); id != "" {
			a.visitors.drop(id)
		}
	}
	return false
}

// stumbles does what an app with a bug does when somebody has signed in, and
// reports whether it has answered.
func (a *App) stumbles(w http.ResponseWriter, s *client.Session) bool {
	claims := claimsOf(s)
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
	case a.client.HasBug(client.ClaimMissingCrashes) && !isText:
		return crash()
	case a.client.HasBug(client.UserInfoFailureCrashes) && s.UserInfo == nil:
		return crash()
	case a.client.HasBug(client.DistributedFetched):
		sources, _ := claims["_claim_sources"].(map[string]any)
		for _, source := range sources {
			members, _ := source.(map[string]any)
			_ = a.reachable(context.Background(), text(members["endpoint"]))
		}
	case a.client.HasBug(client.HeaderClaimsUsed):
		s.UserInfo = maps.Clone(claims)
		maps.Copy(s.UserInfo, s.IDToken.Header)
	case a.client.HasBug(client.PictureFetched):
		if resp, err := a.cfg.HTTPClient.Get(text(claims["picture"])); err == nil {
			_ = resp.Body.Close()
		}
	case a.client.HasBug(client.LargeTokenDropped) && s.IDToken != nil && len(s.IDToken.Raw) > 4096:
		s.IDToken = nil
		return crash()
	case a.client.HasBug(client.ClaimsUnescaped):
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, `<h1>%s</h1><img src="%s">`, text(claims["name"]), text(claims["picture"]))
		return true
	case a.client.HasBug(client.TokensInStorage):
		return script("localStorage.token = %q", s.AccessToken())
	case a.client.HasBug(client.PopupPostsToAnybody):
		return script(`if (opener) opener.postMessage({access_token: %q}, "*")`, s.AccessToken())
	case a.client.HasBug(client.TokensOnPage):
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, "<script>token = %q</script>", s.AccessToken())
		return true
	}
	return false
}

// reachable reports whether an address answers.
func (a *App) reachable(ctx context.Context, address string) bool {
	ctx, cancel := context.WithTimeout(ctx, a.cfg.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return false
	}
	h := *a.cfg.HTTPClient
	h.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := h.Do(req)
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode < 500
}
