package verb

import (
	"reflect"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
)

// TestConfigKeysAreFlags: each key that authdrill.yaml has of its own is a flag of
// serve under that name, with - for _.
func TestConfigKeysAreFlags(t *testing.T) {
	f := setting.NewFlags()
	newServeFlags().define(f)
	for field := range reflect.TypeFor[setting.Config]().Fields() {
		key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if field.Anonymous || key == "-" || key == "app" {
			continue
		}
		if f.Set.Lookup(strings.ReplaceAll(key, "_", "-")) == nil {
			t.Errorf("%s: serve has no such flag", key)
		}
	}
}
