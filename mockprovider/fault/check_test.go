package fault

import "testing"

func TestCheckNamesTheRemedy(t *testing.T) {
	tamper := &Tamper{Set: map[string]any{"issuer": "x"}}
	minus := -1
	for name, f := range map[string]Fault{
		"no place":              {Connection: "reset"},
		"two places":            {At: "jwks_uri", On: "jwks", Tamper: tamper},
		"no effect":             {At: "jwks_uri"},
		"two effects":           {At: "jwks_uri", Connection: "reset", Error: &OAuthError{Code: "x"}},
		"tamper at an endpoint": {At: "jwks_uri", Tamper: tamper},
		"delay on an artifact":  {On: "jwks", Delay: &Delay{Fixed: 1}},
		"set on a token":        {On: "id_token", Tamper: tamper},
		"claims of a document":  {On: "jwks", Tamper: &Tamper{Claims: map[string]any{"a": 1}}},
		"empty tamper":          {On: "jwks", Tamper: &Tamper{}},
		"negative times":        {At: "jwks_uri", Times: &minus, Connection: "reset"},
	} {
		if err := f.Check(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
