package site

import (
	"slices"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/mockprovider/setup"
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
		return failure.Usage("start it again", "a change of the personas needs a restart")
	}
	issuers := map[string]setup.Setup{}
	for _, one := range next.several {
		issuers[string(one.Name)] = sharedSetup(one)
	}
	if err := s.Host.Reload(next.Defaults, issuers); err != nil {
		return f.Located(err)
	}
	return nil
}
