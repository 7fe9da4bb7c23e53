package site

import (
	"slices"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
)

// ReloadCertificate reads the files of --tls-cert and --tls-key again, where there are.
func (s *Site) ReloadCertificate() error {
	if s.Pair == nil {
		return nil
	}
	if err := s.Pair.Reload(); err != nil {
		return failure.Environmental("", "%s", err)
	}
	return nil
}

// Reload lets the provider go on with settings that were read again.
func (s *Site) Reload(next *siteSettings, f *setting.Flags) error {
	if len(next.several) != len(s.several) || !slices.EqualFunc(next.played, s.played, setting.SamePersona) {
		return failure.Usage("start it again", "other personas than before need another start")
	}
	if err := s.Host.Reload(next.Defaults); err != nil {
		return f.Located(err)
	}
	for _, one := range next.several {
		if err := s.Host.ReloadIssuer(string(one.Name), shared(one)); err != nil {
			return f.Located(err)
		}
	}
	return nil
}
