package setting

import (
	"net/url"
	"strings"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/doctor"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
)

// CheckIssuer returns an error if raw is not an issuer identifier.
func CheckIssuer(flag, raw string) error {
	if err := CheckURL(flag, raw); err != nil {
		return err
	}
	if strings.ContainsAny(raw, "?#") {
		return failure.Usage("write it as --"+flag+" http://127.0.0.1:9400", "--%s %s has a query or a fragment, which no issuer identifier has (RFC 8414 section 2)", flag, raw)
	}
	return nil
}

// CheckURL returns an error if raw is not an http or https URL.
func CheckURL(flag, raw string) error {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return failure.Usage("write it as --"+flag+" "+doctor.WithScheme(raw, "http://127.0.0.1:9400"), "--%s %s is not an http or https URL", flag, raw)
	}
	return nil
}
