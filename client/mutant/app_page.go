package mutant

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/check"
)

// crashIf answers a sign-in that succeeded with a server error.
func crashIf(fails func(s *client.Session) bool) func(site) []check.Edit {
	return func(site) []check.Edit {
		return []check.Edit{check.Wrap("signed in", func(strict signedInFunc) signedInFunc {
			return func(w http.ResponseWriter, r *http.Request, s *client.Session, returnTo string) {
				if fails(s) {
					w.WriteHeader(http.StatusInternalServerError)
					return
				}
				strict(w, r, s, returnTo)
			}
		})}
	}
}

func hasNoEmail(s *client.Session) bool {
	_, isText := s.Snapshot().Claims["email"].(string)
	return !isText
}

// hasOddName reports whether a name has a character that a column of Latin-1 cannot
// take.
func hasOddName(s *client.Session) bool {
	return strings.ContainsFunc(text(s.Snapshot().Claims["name"]), func(r rune) bool { return r > unicode.MaxLatin1 || unicode.IsControl(r) })
}

func lacksOpenID(s *client.Session) bool { return !slices.Contains(s.Granted, "openid") }

// livesForever reports whether expires_in is infinite as a float.
func livesForever(s *client.Session) bool {
	_, err := strconv.ParseFloat(fmt.Sprint(s.Tokens.Raw["expires_in"]), 64)
	return errors.Is(err, strconv.ErrRange)
}

// breaksQuery reports whether a claim ends the text that a query has it in.
func breaksQuery(s *client.Session) bool {
	claims := s.Snapshot().Claims
	return strings.Contains(text(claims["name"])+text(claims["email"]), "'")
}

func hasNoUserInfo(s *client.Session) bool { return s.Snapshot().UserInfo == nil }

// loseLargeToken drops an ID token that is too large for a cookie.
func loseLargeToken(s *client.Session) bool {
	if s.IDToken == nil || len(s.IDToken.Raw) <= 4096 {
		return false
	}
	s.IDToken = nil // nothing else has this session yet
	return true
}

// useHeaderClaims takes the members of the JOSE header for claims.
func useHeaderClaims(_ site, s *client.Session) {
	if s.IDToken != nil {
		claims := s.Snapshot().Claims
		maps.Copy(claims, s.IDToken.Header)
		s.UserInfo, s.Claims = claims, claims // nothing else has this session yet
	}
}

// mergeHeaderClaims takes iss and sub of the JOSE header for claims.
func mergeHeaderClaims(v *check.Verification) check.Finding {
	for _, name := range []string{"iss", "sub"} {
		if claim := text(v.Header[name]); claim != "" {
			v.Claims[name] = claim
		}
	}
	return check.Pass("")
}

func fetchPicture(at site, s *client.Session) {
	if address := text(s.Snapshot().Claims["picture"]); address != "" {
		fetch(at.client, address)
	}
}

func fetchDistributed(at site, s *client.Session) {
	sources, _ := s.Snapshot().Claims["_claim_sources"].(map[string]any)
	for _, source := range sources {
		members, _ := source.(map[string]any)
		fetch(at.client, text(members["endpoint"]))
	}
}

func logTokens(at site, s *client.Session) {
	if at.cfg.Log != nil {
		_, _ = fmt.Fprintf(at.cfg.Log, "signed in: %+v\n", s.Snapshot().Tokens)
	}
}

// welcome answers a sign-in that succeeded with a page of its own, in place of a
// redirect.
func welcome(page func(s *client.Session) string) func(site) []check.Edit {
	return func(site) []check.Edit {
		return []check.Edit{check.Perform[signedInFunc]("signed in", func(w http.ResponseWriter, _ *http.Request, s *client.Session, _ string) {
			writeHTML(w, http.StatusOK, page(s))
		})}
	}
}

func plainWelcome(*client.Session) string { return "<h1>Signed in</h1><p>You are signed in.</p>" }

func unescapedWelcome(s *client.Session) string {
	claims := s.Snapshot().Claims
	return fmt.Sprintf(`<h1>%s</h1><img src="%s">`, text(claims["name"]), text(claims["picture"]))
}

func tokenWelcome(s *client.Session) string {
	return fmt.Sprintf("<script>token = %q</script>", s.Snapshot().Tokens.AccessToken)
}

// runScript answers a sign-in that succeeded with a script that gets the access token.
func runScript(script string) func(site) []check.Edit {
	return func(site) []check.Edit {
		return []check.Edit{check.Perform[signedInFunc]("signed in", func(w http.ResponseWriter, _ *http.Request, s *client.Session, _ string) {
			w.Header().Del("Content-Security-Policy") // it allows no script
			writeHTML(w, http.StatusOK, fmt.Sprintf("<script>"+script+"\nlocation = '/'</script>", s.Snapshot().Tokens.AccessToken))
		})}
	}
}
