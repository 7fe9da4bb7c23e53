package dialect

import (
	"io"
	"net/url"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/dialectfile"
	"github.com/authdrill/authdrill/mockprovider/internal/origin"
)

// PopupOrigin returns the origin of the page that a redirect URI such as
// storagerelay://https/app.example?id=1 encodes, "" if it encodes none.
func (r *Rules) PopupOrigin(uri *url.URL) string {
	if r.Popup == nil || uri == nil || uri.Scheme != r.Popup.Scheme || uri.User != nil {
		return ""
	}
	site := uri.Host + "://" + strings.Trim(uri.Path, "/")
	if origin.Of(site) != site {
		return ""
	}
	return site
}

// PopupMessage returns the message to the page that opened the window.
func (r *Rules) PopupMessage(uri *url.URL, response map[string]any, s Source, random io.Reader) any {
	v := s.Values()
	v["response"] = response
	query := map[string]any{}
	for name := range uri.Query() {
		query[name] = uri.Query().Get(name)
	}
	v["popup"] = query
	message, _ := r.Popup.Message.Fill(v, random)
	return message
}

// openPopup gives an authorization request of a page that waits for a message a
// redirect URI with the page's origin: that of the parameter origin, else that of the
// first redirect URI of the client. Its code is redeemed with another one.
func openPopup(p *dialectfile.Popup, form url.Values, clients Clients) {
	if p == nil {
		return
	}
	asked := form.Get("redirect_uri")
	switch {
	case asked == p.Redeem:
		site := form.Get("origin")
		if uris := clients.RedirectURIs(form.Get("client_id")); site == "" && len(uris) > 0 {
			site = origin.Of(uris[0])
		}
		scheme, host, ok := strings.Cut(site, "://")
		if !ok {
			return // it is refused as one that is not registered
		}
		form.Set("redirect_uri", p.Scheme+"://"+scheme+"/"+host)
	case !strings.HasPrefix(asked, p.Scheme+"://"):
		return
	}
	form.Set(RedirectMark, p.Redeem)
}
