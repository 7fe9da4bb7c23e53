package client

import (
	"context"
	"errors"
	"net/http"
	"net/url"
)

var errPending = errors.New("client: not there yet")

// Discover returns the provider's metadata.
func (c *Client) Discover(ctx context.Context) (*Metadata, error) { return nil, errPending }

// Authorize begins a sign-in.
func (c *Client) Authorize(ctx context.Context, o AuthorizeOptions) (*Authorization, error) {
	return nil, errPending
}

// Callback ends a sign-in.
func (c *Client) Callback(ctx context.Context, a *Authorization, response url.Values) (*Session, error) {
	return nil, errPending
}

// Refresh exchanges the refresh token.
func (c *Client) Refresh(ctx context.Context, s *Session, o RefreshOptions) (*TokenResponse, error) {
	return nil, errPending
}

// UserInfo asks for the claims of the user.
func (c *Client) UserInfo(ctx context.Context, s *Session) (map[string]any, error) {
	return nil, errPending
}

// Call uses the access token.
func (c *Client) Call(ctx context.Context, s *Session, o CallOptions) (*Response, error) {
	return nil, errPending
}

// ClientCredentials is the client credentials grant.
func (c *Client) ClientCredentials(ctx context.Context, scopes []string) (*TokenResponse, error) {
	return nil, errPending
}

// Password is the resource owner password grant.
func (c *Client) Password(ctx context.Context, user, password string, scopes []string) (*Session, error) {
	return nil, errPending
}

// Introspect asks about a token.
func (c *Client) Introspect(ctx context.Context, token, hint string) (map[string]any, error) {
	return nil, errPending
}

// Revoke takes a token back.
func (c *Client) Revoke(ctx context.Context, token, hint string) error { return errPending }

// LogoutURL is where to send the browser to sign out.
func (c *Client) LogoutURL(ctx context.Context, s *Session, o LogoutOptions) (string, error) {
	return "", errPending
}

// LoggedOut judges the return from a sign-out.
func (c *Client) LoggedOut(state string, response url.Values) error { return errPending }

// DeviceAuthorize begins a sign-in on a device.
func (c *Client) DeviceAuthorize(ctx context.Context, scopes []string) (*DeviceAuthorization, error) {
	return nil, errPending
}

// DeviceToken waits for it.
func (c *Client) DeviceToken(ctx context.Context, d *DeviceAuthorization) (*Session, error) {
	return nil, errPending
}

// BugInfo documents a bug.
type BugInfo struct {
	Name  Bug
	Check string
	Spec  string
	Doc   string
}

// Bugs is the list.
func Bugs() []BugInfo { return nil }

type flight struct{}

// AppConfig configures an App.
type AppConfig struct {
	Config
	APIURL       string
	Title        string
	AllowedHosts []string
}

// App is a web app.
type App struct{}

// NewApp makes an App.
func NewApp(cfg AppConfig) (*App, error) { return nil, errPending }

func (a *App) ServeHTTP(w http.ResponseWriter, r *http.Request) {}

func (c *Client) redirect(req *http.Request, via []*http.Request) error {
	return http.ErrUseLastResponse
}
func bugNames() []Bug                         { return nil }
func nearest[T ~string](s string, list []T) T { return "" }
