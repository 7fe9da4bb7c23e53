package mockprovider

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/fault"
)

// TestAnswersThatLie reaches a client as written, on a socket and a pipe alike.
func TestAnswersThatLie(t *testing.T) {
	text, many := `{"a": "ü"}`, 100
	type got struct {
		*http.Response
		body string
		size int
		err  error
	}
	for name, c := range map[string]struct {
		answer fault.Respond
		check  func(got) bool
	}{
		"UTF-16": {fault.Respond{Body: &text, Encode: "utf-16"}, func(g got) bool {
			return strings.HasPrefix(g.body, "\xfe\xff\x00{\x00\"") && strings.Contains(g.Header.Get("Content-Type"), "utf-16")
		}},
		"a byte order mark": {fault.Respond{Body: &text, Encode: "bom"}, func(g got) bool { return g.body == "\ufeff"+text }},
		"gzip":              {fault.Respond{Body: &text, Encode: "gzip"}, func(g got) bool { return g.Uncompressed && g.body == text }},
		"no gzip":           {fault.Respond{Body: &text, Encode: "gzip_lie"}, func(g got) bool { return g.err != nil }},
		"too long":          {fault.Respond{Body: &text, ContentLength: &many}, func(g got) bool { return errors.Is(g.err, io.ErrUnexpectedEOF) }},
		"deep":              {fault.Respond{Nest: 100_000}, func(g got) bool { return g.size == 200_000 && g.body[0] == '[' }},
		"giant":             {fault.Respond{Body: &text, Pad: 64 << 20}, func(g got) bool { return g.err == nil && g.size == 64<<20+len(text) }},
		"a long header":     {fault.Respond{Body: &text, HeaderPad: 64 << 10}, func(g got) bool { return len(g.Header.Get("X-Padding")) == 64<<10 }},
		"a cookie": {fault.Respond{Body: &text, Headers: map[string]string{"Set-Cookie": "planted=1; Path=/"}}, func(g got) bool {
			return len(g.Cookies()) == 1 && g.body == text
		}},
		"another origin": {fault.Respond{Status: 308, Headers: map[string]string{"Location": "http://op.invalid/"}}, func(g got) bool {
			return g.StatusCode == 308 && g.Header.Get("Location") == "http://op.invalid/"
		}},
	} {
		for _, where := range []string{"socket", "pipe"} {
			t.Run(name+" on a "+where, func(t *testing.T) {
				p, client := somewhere(t, where, fault.Fault{At: "jwks_uri", Respond: &c.answer})
				client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
				resp, err := client.Get(p.Issuer() + "/jwks")
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Body.Close()
				head, err := io.ReadAll(io.LimitReader(resp.Body, 200_000))
				rest := int64(0)
				if err == nil {
					rest, err = io.Copy(io.Discard, resp.Body)
				}
				if g := (got{resp, string(head), len(head) + int(rest), err}); !c.check(g) {
					t.Errorf("%s %v: %d bytes, %.60q, %v", resp.Status, resp.Header, g.size, g.body, g.err)
				}
			})
		}
	}
}
