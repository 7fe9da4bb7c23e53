package chromium

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Profile is a tab of a browser with cookies and storage of its own. Only Chromium
// must be set. It opens at its first page. It is used by one goroutine at a time.
type Profile struct {
	Chromium     *Chromium
	Transport    http.RoundTripper // sends every request; default http.DefaultTransport
	Timeout      time.Duration     // of one navigation; default 30 s
	MaxRedirects int               // of one navigation, redirects and scripts together; default 20
	MaxBody      int64             // bytes of an answer; default 4 MiB

	WithoutScript bool // the pages run no JavaScript, as some users have it

	// Intercept names the addresses that are not called but returned, as
	// Page.Intercepted: the client's redirect URI. Default none.
	Intercept func(*url.URL) bool

	jar    *jar
	tab    *tab
	forget []string // cookies to drop before the next page
	twin   bool     // the jar is another's
}

// jar is an isolated browser context: cookies, storage, cache.
type jar struct {
	mu      sync.Mutex
	context string
	cookies []map[string]any // it begins with
	err     error
}

// withSameSettings returns a profile with the same settings and nothing else.
func (p *Profile) withSameSettings() *Profile {
	return &Profile{
		Chromium: p.Chromium, Transport: p.Transport, Timeout: p.Timeout, MaxRedirects: p.MaxRedirects, MaxBody: p.MaxBody,
		WithoutScript: p.WithoutScript,
	}
}

// cookies returns the jar, made at the first use.
func (p *Profile) cookies() *jar {
	if p.jar == nil {
		p.jar = &jar{}
	}
	return p.jar
}

// withTimeout bounds a navigation.
func (p *Profile) withTimeout(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, cmp.Or(p.Timeout, 30*time.Second))
}

// Twin is another tab of the same browser: both have the same cookies, now and
// later.
func (p *Profile) Twin() *Profile {
	other := p.withSameSettings()
	other.Intercept, other.jar, other.twin = p.Intercept, p.cookies(), true
	return other
}

// Copy is another browser that begins with the same cookies. Storage is not
// copied.
func (p *Profile) Copy(ctx context.Context) *Profile {
	other := p.withSameSettings()
	mine, theirs := p.cookies(), other.cookies()
	mine.mu.Lock()
	defer mine.mu.Unlock()
	if mine.context == "" {
		return other
	}
	var all struct{ Cookies []map[string]any }
	theirs.err = p.Chromium.pipe.call(ctx, "", "Storage.getCookies", map[string]any{"browserContextId": mine.context}, &all)
	for _, c := range all.Cookies {
		kept := map[string]any{}
		for _, name := range []string{"name", "value", "domain", "path", "secure", "httpOnly", "sameSite", "expires"} {
			if v, there := c[name]; there && !(name == "expires" && c["session"] == true) {
				kept[name] = v
			}
		}
		theirs.cookies = append(theirs.cookies, kept)
	}
	return other
}

// Forget drops the cookies of that name before the next page.
func (p *Profile) Forget(name string) { p.forget = append(p.forget, name) }

// Close closes the tab, and forgets the profile unless it is a twin's.
func (p *Profile) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	if p.tab != nil {
		_ = p.Chromium.pipe.call(ctx, "", "Target.closeTarget", map[string]any{"targetId": p.tab.target}, nil)
		p.tab = nil
	}
	j := p.cookies()
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.context != "" && !p.twin {
		_ = p.Chromium.pipe.call(ctx, "", "Target.disposeBrowserContext", map[string]any{"browserContextId": j.context}, nil)
		p.Chromium.mu.Lock()
		delete(p.Chromium.profiles, j.context)
		p.Chromium.mu.Unlock()
		j.context, j.err = "", errEnded
	}
}

// open makes the profile's context at the first use.
func (j *jar) open(ctx context.Context, p *Profile) (string, error) {
	c := p.Chromium
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.context != "" || j.err != nil {
		return j.context, j.err
	}
	var made struct{ BrowserContextID string }
	if err := c.pipe.call(ctx, "", "Target.createBrowserContext", map[string]any{"disposeOnDetach": true}, &made); err != nil {
		return "", err
	}
	j.context = made.BrowserContextID
	c.mu.Lock()
	c.profiles[j.context] = p
	c.mu.Unlock()
	at := map[string]any{"browserContextId": j.context}
	if err := c.pipe.call(ctx, "", "Browser.setDownloadBehavior", map[string]any{"behavior": "deny", "browserContextId": j.context}, nil); err != nil {
		return "", err
	}
	if len(j.cookies) > 0 {
		at["cookies"] = j.cookies
		return j.context, c.pipe.call(ctx, "", "Storage.setCookies", at, nil)
	}
	return j.context, nil
}

// readyTab has the tab open and what is to be forgotten forgotten.
func (p *Profile) readyTab(ctx context.Context) (*tab, error) {
	if p.tab == nil {
		where, err := p.cookies().open(ctx, p)
		if err != nil {
			return nil, err
		}
		if p.tab, err = p.Chromium.newTab(ctx, where, p); err != nil {
			return nil, err
		}
		if p.WithoutScript {
			if err := p.tab.call(ctx, "Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil); err != nil {
				return nil, err
			}
		}
	}
	for _, name := range p.forget {
		if err := p.dropCookies(ctx, name); err != nil {
			return nil, err
		}
	}
	p.forget = nil
	return p.tab, nil
}

// dropCookies deletes the cookies of a name, on every host and path.
func (p *Profile) dropCookies(ctx context.Context, name string) error {
	var all struct {
		Cookies []struct{ Name, Domain, Path string }
	}
	if err := p.Chromium.pipe.call(ctx, "", "Storage.getCookies", map[string]any{"browserContextId": p.jar.context}, &all); err != nil {
		return err
	}
	for _, c := range all.Cookies {
		if c.Name != name {
			continue
		}
		if err := p.tab.call(ctx, "Network.deleteCookies", map[string]any{"name": c.Name, "domain": c.Domain, "path": c.Path}, nil); err != nil {
			return err
		}
	}
	return nil
}
