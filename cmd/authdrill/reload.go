package main

import "slices"

// reloadCertificate reads the files of --tls-cert and --tls-key again, where there are.
func (s *site) reloadCertificate() error {
	if s.pair == nil {
		return nil
	}
	if err := s.pair.Reload(); err != nil {
		return environmental("", "%s", err)
	}
	return nil
}

// reload lets the provider go on with settings that were read again.
func (s *site) reload(next *siteSettings, f *flags) error {
	if len(next.several) != len(s.several) || !slices.EqualFunc(next.played, s.played, samePersona) {
		return usage("start it again", "other personas than before need another start")
	}
	if err := s.host.Reload(next.defaults); err != nil {
		return f.located(err)
	}
	for _, one := range next.several {
		if err := s.host.ReloadIssuer(string(one.Name), shared(one)); err != nil {
			return f.located(err)
		}
	}
	return nil
}
