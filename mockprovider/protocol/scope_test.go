package protocol

import "testing"

func TestScopeHasPrintableCharacters(t *testing.T) {
	for text, want := range map[string]bool{
		"openid": true, "https://www.googleapis.com/auth/drive": true, "a:b.c-d_e~!#[]": true,
		"": false, "a b": false, `a"b`: false, `a\b`: false, "a\tb": false, "caf\u00e9": false, "a\x7f": false,
	} {
		if got := CheckScope(text) == nil; got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
