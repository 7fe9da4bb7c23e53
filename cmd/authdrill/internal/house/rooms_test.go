package house

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// room is a folder, and the doors it may open: rooms of ours, and modules of
// others. Tests of a room may open the doors of `tests` too.
type room struct {
	folder string
	opens  string
	others string
	tests  string
}

// rooms is the plan of the house. Arrows point one way, down this table: the
// client never meets the provider but over HTTP, and fosite is known in two
// rooms alone.
func rooms() []room {
	return []room{
		{folder: "cmd/authdrill", opens: "cmd/authdrill/internal/verb", tests: "cmd/authdrill/internal/framework scenarios/drill scenarios/result cmd/authdrill/internal/failure cmd/authdrill/internal/readyfile cmd/authdrill/internal/secret/secrettest cmd/authdrill/internal/setting cmd/authdrill/internal/socket cmd/authdrill/internal/requestlog cmd/authdrill/internal/doctor cmd/authdrill/internal/keypair cmd/authdrill/internal/commandtest cmd/authdrill/internal/verb cmd/authdrill/internal/say cmd/authdrill/internal/signals mockprovider mockprovider/certificate mockprovider/setup mockprovider/persona mockprovider/store mockprovider/fault mockprovider/journal mockprovider/clock mockprovider/confined mockprovider/protocol mockprovider/match mockprovider/strict client client/app client/mutant client/agent scenarios/internal/chromium scenarios cmd/authdrill/internal/report scenarios/catalog scenarios/attack scenarios/target scenarios/clause scenarios/redact github.com/rogpeppe/go-internal golang.org/x/net github.com/go-jose/go-jose/v4"},
		{folder: "cmd/authdrill/internal/reference", opens: "cmd/authdrill/internal/verb", others: "github.com/spf13/cobra"},
		{folder: "cmd/authdrill/internal/verb", opens: "cmd/authdrill/internal/appfile cmd/authdrill/internal/grade scenarios/drill scenarios/result cmd/authdrill/internal/clientapp cmd/authdrill/internal/site cmd/authdrill/internal/authority cmd/authdrill/internal/manual cmd/authdrill/internal/framework cmd/authdrill/internal/setting cmd/authdrill/internal/readyfile cmd/authdrill/internal/secret cmd/authdrill/internal/say cmd/authdrill/internal/signals cmd/authdrill/internal/socket cmd/authdrill/internal/place cmd/authdrill/internal/failure cmd/authdrill/internal/requestlog cmd/authdrill/internal/doctor client/mutant mockprovider/clock mockprovider/confined mockprovider/persona mockprovider/protocol mockprovider/setup mockprovider/store mockprovider/strict scenarios scenarios/attack scenarios/catalog scenarios/clause cmd/authdrill/internal/report scenarios/target", others: "github.com/spf13/cobra github.com/spf13/pflag github.com/smallstep/truststore"},
		{folder: "cmd/authdrill/internal/clientapp", opens: "cmd/authdrill/internal/site cmd/authdrill/internal/setting cmd/authdrill/internal/socket cmd/authdrill/internal/failure client client/app client/mutant mockprovider mockprovider/protocol"},
		{folder: "cmd/authdrill/internal/site", opens: "cmd/authdrill/internal/authority cmd/authdrill/internal/setting cmd/authdrill/internal/secret cmd/authdrill/internal/say cmd/authdrill/internal/socket cmd/authdrill/internal/failure cmd/authdrill/internal/requestlog cmd/authdrill/internal/keypair mockprovider mockprovider/certificate mockprovider/clock mockprovider/confined mockprovider/persona mockprovider/protocol mockprovider/setup mockprovider/store mockprovider/strict scenarios/catalog"},
		{folder: "cmd/authdrill/internal/authority", opens: "cmd/authdrill/internal/setting cmd/authdrill/internal/socket cmd/authdrill/internal/place cmd/authdrill/internal/failure mockprovider/certificate mockprovider/clock mockprovider/confined mockprovider/persona cmd/authdrill/internal/report"},
		{folder: "cmd/authdrill/internal/manual", opens: "scenarios/drill scenarios/internal/matrix scenarios/internal/witness cmd/authdrill/internal/setting cmd/authdrill/internal/say client/mutant mockprovider/fault mockprovider/persona mockprovider/protocol mockprovider/store mockprovider/strict scenarios scenarios/catalog scenarios/target"},
		{folder: "cmd/authdrill/internal/appfile", tests: "cmd/authdrill/internal/setting mockprovider/strict"},
		{folder: "cmd/authdrill/internal/framework", opens: "cmd/authdrill/internal/setting cmd/authdrill/internal/failure mockprovider/strict"},
		{folder: "cmd/authdrill/internal/setting", opens: "cmd/authdrill/internal/doctor cmd/authdrill/internal/secret cmd/authdrill/internal/socket cmd/authdrill/internal/place cmd/authdrill/internal/failure mockprovider mockprovider/persona mockprovider/setup mockprovider/strict scenarios/redact scenarios/target", others: "github.com/spf13/pflag"},
		{folder: "cmd/authdrill/internal/readyfile", opens: "cmd/authdrill/internal/socket cmd/authdrill/internal/place cmd/authdrill/internal/failure"},
		{folder: "cmd/authdrill/internal/secret", opens: "cmd/authdrill/internal/place cmd/authdrill/internal/failure mockprovider/clock mockprovider/setup mockprovider/store mockprovider/strict", others: "github.com/aws/aws-sdk-go-v2", tests: "cmd/authdrill/internal/secret/secrettest"},
		{folder: "cmd/authdrill/internal/secret/secrettest", others: "github.com/aws/aws-sdk-go-v2"},
		{folder: "cmd/authdrill/internal/say", opens: "cmd/authdrill/internal/signals cmd/authdrill/internal/failure mockprovider/strict scenarios/redact"},
		{folder: "cmd/authdrill/internal/signals", opens: "cmd/authdrill/internal/failure"},
		{folder: "cmd/authdrill/internal/socket", opens: "cmd/authdrill/internal/failure mockprovider/clock"},
		{folder: "cmd/authdrill/internal/place", opens: "mockprovider/confined"},
		{folder: "cmd/authdrill/internal/failure", opens: "mockprovider/strict"},
		{folder: "cmd/authdrill/internal/requestlog", opens: "mockprovider mockprovider/protocol mockprovider/strict"},
		{folder: "cmd/authdrill/internal/grade", opens: "mockprovider/confined mockprovider/strict scenarios/attack scenarios/drill scenarios/result"},
		{folder: "cmd/authdrill/internal/report", opens: "cmd/authdrill/internal/grade mockprovider/journal mockprovider/protocol mockprovider/strict scenarios/attack scenarios/catalog scenarios/clause scenarios/drill scenarios/result", tests: "mockprovider/clock scenarios scenarios/redact github.com/google/go-cmp/cmp go.yaml.in/yaml/v3 golang.org/x/net/html"},
		{folder: "cmd/authdrill/internal/doctor", tests: "mockprovider mockprovider/certificate mockprovider/clock mockprovider/store"},
		{folder: "cmd/authdrill/internal/commandtest", opens: "cmd/authdrill/internal/readyfile cmd/authdrill/internal/verb", others: "github.com/rogpeppe/go-internal"},
		{folder: "cmd/authdrill/internal/keypair"},
		{folder: "cmd/authdrill/internal/floor"},
		{folder: "cmd/authdrill/internal/image", others: "github.com/google/go-containerregistry"},
		{folder: "scenarios/internal/process", opens: "mockprovider/clock mockprovider/strict scenarios/target"},
		{folder: "scenarios/drill", opens: "mockprovider/clock mockprovider/fault mockprovider/persona mockprovider/protocol mockprovider/setup mockprovider/store mockprovider/strict scenarios/clause scenarios/internal/matrix scenarios/internal/witness scenarios/redact scenarios/target"},
		{folder: "scenarios/result", opens: "mockprovider/journal mockprovider/strict"},
		{folder: "scenarios/internal/witness", opens: "client/agent mockprovider/clock mockprovider/journal mockprovider/mask mockprovider/match mockprovider/protocol scenarios/result"},
		{folder: "scenarios/internal/load", opens: "client/mutant mockprovider/clock mockprovider/confined mockprovider/journal mockprovider/mask mockprovider/match mockprovider/persona mockprovider/setup mockprovider/strict scenarios/drill scenarios/internal/matrix scenarios/internal/witness scenarios/redact scenarios/internal/credential", tests: "github.com/google/go-cmp/cmp"},
		{folder: "scenarios/internal/engine", opens: "client client/agent mockprovider mockprovider/fault mockprovider/journal mockprovider/mask mockprovider/match mockprovider/protocol mockprovider/setup mockprovider/store mockprovider/strict scenarios/drill scenarios/internal/witness scenarios/redact scenarios/result scenarios/internal/credential"},
		{folder: "scenarios/internal/bundled", opens: "client client/agent client/mutant mockprovider mockprovider/clock mockprovider/match mockprovider/protocol mockprovider/setup mockprovider/store mockprovider/strict scenarios/drill scenarios/internal/engine scenarios/internal/load scenarios/internal/witness scenarios/result", others: "github.com/go-jose/go-jose/v4"},
		{folder: "scenarios/internal/chromium", opens: "client/agent", tests: "client client/app mockprovider"},
		{folder: "scenarios/internal/webapp", opens: "client/agent scenarios/internal/chromium mockprovider mockprovider/clock mockprovider/fault mockprovider/journal mockprovider/match mockprovider/persona mockprovider/protocol mockprovider/store scenarios/drill scenarios/internal/engine scenarios/internal/witness scenarios/redact scenarios/result scenarios/target scenarios/internal/credential scenarios/internal/selector"},
		{folder: "scenarios/attack", opens: "client scenarios/internal/chromium client/app client/mutant mockprovider mockprovider/certificate mockprovider/clock mockprovider/fault mockprovider/journal mockprovider/mask mockprovider/match mockprovider/protocol mockprovider/setup mockprovider/store mockprovider/strict scenarios scenarios/catalog scenarios/drill scenarios/internal/bundled scenarios/internal/engine scenarios/internal/process scenarios/internal/webapp scenarios/redact scenarios/result scenarios/target", tests: "mockprovider/persona github.com/go-jose/go-jose/v4"},
		{folder: "scenarios", opens: "mockprovider mockprovider/clock mockprovider/setup mockprovider/strict scenarios/catalog scenarios/drill scenarios/internal/bundled scenarios/internal/engine scenarios/internal/load scenarios/internal/matrix scenarios/internal/webapp scenarios/internal/witness scenarios/redact scenarios/result", tests: "client/mutant mockprovider/fault github.com/google/go-cmp/cmp github.com/santhosh-tekuri/jsonschema/v6"},
		{folder: "scenarios/catalog", opens: "mockprovider/setup mockprovider/strict scenarios/drill scenarios/internal/load"},
		{folder: "scenarios/target", opens: "mockprovider/clock mockprovider/strict scenarios/internal/selector"},
		{folder: "scenarios/internal/selector", others: "github.com/andybalholm/cascadia golang.org/x/net"},
		{folder: "scenarios/internal/matrix", opens: "mockprovider/strict"},
		{folder: "scenarios/clause"},
		{folder: "scenarios/internal/credential", opens: "mockprovider/mask mockprovider/match mockprovider/strict"},
		{folder: "scenarios/redact", opens: "mockprovider/setup mockprovider/mask mockprovider/strict scenarios/internal/credential"},
		{folder: "mockprovider", opens: "mockprovider/internal/issuer mockprovider/internal/deepcopy mockprovider/internal/exchange mockprovider/internal/claim mockprovider/internal/record mockprovider/internal/memory mockprovider/certificate mockprovider/internal/endpoint mockprovider/internal/control mockprovider/internal/grant mockprovider/internal/keys mockprovider/internal/ui mockprovider/internal/budget mockprovider/internal/fetch mockprovider/internal/origin mockprovider/internal/address mockprovider/setup mockprovider/persona mockprovider/store mockprovider/fault mockprovider/journal mockprovider/clock mockprovider/confined mockprovider/protocol mockprovider/strict mockprovider/internal/effect mockprovider/internal/capability mockprovider/internal/contradiction mockprovider/internal/tag mockprovider/internal/pipeline", tests: "client client/agent golang.org/x/oauth2 github.com/go-jose/go-jose/v4 mockprovider/internal/dialectfile mockprovider/match"},
		{folder: "mockprovider/internal/control", opens: "mockprovider/internal/ui mockprovider/setup mockprovider/journal mockprovider/mask mockprovider/fault mockprovider/persona mockprovider/store mockprovider/clock mockprovider/protocol mockprovider/strict mockprovider/internal/tag", others: "go.yaml.in/yaml/v3", tests: "mockprovider github.com/santhosh-tekuri/jsonschema/v6"},
		{folder: "mockprovider/internal/endpoint", opens: "mockprovider/internal/cors mockprovider/internal/clientauth mockprovider/internal/exchange mockprovider/internal/record mockprovider/internal/dialect mockprovider/internal/resource mockprovider/internal/grant mockprovider/internal/frame mockprovider/internal/origin mockprovider/internal/ui mockprovider/internal/keys mockprovider/setup mockprovider/persona mockprovider/store mockprovider/fault mockprovider/journal mockprovider/protocol mockprovider/match mockprovider/internal/effect mockprovider/internal/dialectfile mockprovider/internal/template mockprovider/internal/capability mockprovider/internal/contradiction mockprovider/internal/newuser mockprovider/internal/parameter mockprovider/internal/pipeline", others: "github.com/ory/fosite github.com/go-jose/go-jose/v4"},
		{folder: "mockprovider/internal/pipeline", opens: "mockprovider/clock mockprovider/fault mockprovider/internal/budget mockprovider/internal/capability mockprovider/internal/cors mockprovider/internal/dialect mockprovider/internal/dialectfile mockprovider/internal/effect mockprovider/internal/exchange mockprovider/internal/grant mockprovider/internal/keys mockprovider/internal/record mockprovider/internal/template mockprovider/internal/ui mockprovider/match mockprovider/protocol"},
		{folder: "mockprovider/internal/grant", opens: "mockprovider/internal/token mockprovider/internal/clientauth mockprovider/internal/issuer mockprovider/internal/jwt mockprovider/internal/exchange mockprovider/internal/claim mockprovider/internal/record mockprovider/internal/dialect mockprovider/internal/resource mockprovider/internal/fetch mockprovider/internal/keys mockprovider/persona mockprovider/store mockprovider/mask mockprovider/clock mockprovider/protocol mockprovider/match mockprovider/internal/capability mockprovider/internal/template", others: "github.com/ory/fosite github.com/go-jose/go-jose/v4 github.com/go-jose/go-jose/v3", tests: "mockprovider/internal/memory mockprovider/setup mockprovider/fault mockprovider/journal"},
		{folder: "mockprovider/internal/clientauth", opens: "mockprovider/internal/capability mockprovider/internal/dialectfile mockprovider/internal/exchange mockprovider/internal/fetch mockprovider/internal/issuer mockprovider/internal/jwt mockprovider/internal/record mockprovider/clock mockprovider/protocol mockprovider/store", others: "github.com/go-jose/go-jose/v4", tests: "mockprovider/internal/memory mockprovider/journal mockprovider/persona"},
		{folder: "mockprovider/internal/token", opens: "mockprovider/internal/claim mockprovider/internal/dialectfile mockprovider/internal/effect mockprovider/internal/exchange mockprovider/internal/issuer mockprovider/internal/jwt mockprovider/internal/keys mockprovider/internal/record mockprovider/internal/template mockprovider/protocol mockprovider/store mockprovider/internal/parameter"},
		{folder: "mockprovider/internal/cors", opens: "mockprovider/internal/origin"},
		{folder: "mockprovider/internal/issuer", opens: "mockprovider/internal/dialect mockprovider/internal/record mockprovider/protocol"},
		{folder: "mockprovider/internal/jwt", opens: "mockprovider/internal/exchange mockprovider/internal/keys mockprovider/clock mockprovider/fault mockprovider/protocol", others: "github.com/go-jose/go-jose/v4"},
		{folder: "mockprovider/internal/claim", opens: "mockprovider/internal/record mockprovider/internal/keys mockprovider/persona mockprovider/store mockprovider/protocol mockprovider/match mockprovider/internal/capability mockprovider/internal/template"},
		{folder: "mockprovider/internal/dialect", opens: "mockprovider/internal/origin mockprovider/persona mockprovider/protocol mockprovider/match mockprovider/internal/dialectfile mockprovider/internal/template"},
		{folder: "mockprovider/internal/ui", opens: "mockprovider/journal mockprovider/protocol", tests: "golang.org/x/net"},
		{folder: "mockprovider/internal/memory", opens: "mockprovider/protocol mockprovider/internal/record mockprovider/internal/budget mockprovider/store mockprovider/fault mockprovider/persona mockprovider/journal mockprovider/clock mockprovider/internal/effect", tests: "mockprovider/internal/storetest pgregory.net/rapid"},
		{folder: "mockprovider/internal/record", opens: "mockprovider/protocol mockprovider/internal/dialect mockprovider/store mockprovider/fault mockprovider/persona mockprovider/journal mockprovider/clock"},
		{folder: "mockprovider/internal/resource", opens: "mockprovider/persona"},
		{folder: "mockprovider/internal/budget"},
		{folder: "mockprovider/internal/effect", opens: "mockprovider/fault mockprovider/clock mockprovider/match"},
		{folder: "mockprovider/internal/deepcopy", opens: "mockprovider/strict"},
		{folder: "mockprovider/internal/overlay", opens: ""},
		{folder: "mockprovider/internal/template", opens: "mockprovider/match mockprovider/strict mockprovider/internal/vocabulary"},
		{folder: "mockprovider/internal/dialectfile", opens: "mockprovider/internal/overlay mockprovider/internal/template mockprovider/fault mockprovider/clock mockprovider/match mockprovider/protocol mockprovider/strict"},
		{folder: "mockprovider/internal/contradiction", opens: "mockprovider/internal/capability mockprovider/persona mockprovider/store mockprovider/protocol mockprovider/strict"},
		{folder: "mockprovider/internal/newuser", opens: "mockprovider/setup mockprovider/store mockprovider/strict", tests: "github.com/google/go-cmp"},
		{folder: "mockprovider/internal/capability", opens: "mockprovider/internal/dialectfile mockprovider/internal/overlay mockprovider/persona mockprovider/fault mockprovider/match mockprovider/protocol mockprovider/strict"},
		{folder: "mockprovider/internal/fetch", opens: "mockprovider/internal/origin"},
		{folder: "mockprovider/internal/address"},
		{folder: "mockprovider/internal/origin"},
		{folder: "mockprovider/internal/frame"},
		{folder: "mockprovider/internal/vocabulary"},
		{folder: "mockprovider/internal/exchange", opens: "mockprovider/journal mockprovider/mask mockprovider/protocol mockprovider/internal/parameter mockprovider/internal/tag", tests: "mockprovider/clock"},
		{folder: "mockprovider/internal/parameter", opens: "mockprovider/mask mockprovider/internal/tag mockprovider/internal/vocabulary"},
		{folder: "mockprovider/internal/tag"},
		{folder: "mockprovider/internal/keys", opens: "mockprovider/clock mockprovider/protocol", others: "github.com/go-jose/go-jose/v4"},
		{folder: "mockprovider/setup", opens: "mockprovider/internal/deepcopy mockprovider/persona mockprovider/store mockprovider/fault mockprovider/clock mockprovider/strict mockprovider/protocol mockprovider/internal/capability mockprovider/internal/overlay mockprovider/internal/contradiction", tests: "github.com/google/go-cmp"},
		{folder: "mockprovider/store", opens: "mockprovider/internal/deepcopy mockprovider/persona mockprovider/clock mockprovider/protocol mockprovider/strict mockprovider/internal/origin"},
		{folder: "mockprovider/persona", opens: "mockprovider/internal/deepcopy mockprovider/internal/vocabulary mockprovider/internal/origin mockprovider/internal/keys mockprovider/fault mockprovider/clock mockprovider/confined mockprovider/protocol mockprovider/match mockprovider/strict mockprovider/internal/dialectfile mockprovider/internal/overlay mockprovider/internal/template mockprovider/internal/capability", tests: "mockprovider mockprovider/certificate mockprovider/journal mockprovider/setup mockprovider/store client/agent github.com/go-jose/go-jose/v4"},
		{folder: "mockprovider/internal/storetest", opens: "mockprovider/journal mockprovider/internal/record mockprovider/store mockprovider/fault mockprovider/persona mockprovider/clock", others: "pgregory.net/rapid", tests: "mockprovider/internal/memory"},
		{folder: "mockprovider/fault", opens: "mockprovider/clock mockprovider/protocol mockprovider/strict"},
		{folder: "mockprovider/journal", opens: "mockprovider/internal/budget mockprovider/mask mockprovider/clock mockprovider/protocol mockprovider/match mockprovider/internal/parameter mockprovider/internal/tag"},
		{folder: "mockprovider/confined"},
		{folder: "mockprovider/certificate"},
		{folder: "mockprovider/clock"},
		{folder: "mockprovider/protocol"},
		{folder: "mockprovider/mask", opens: "mockprovider/match mockprovider/internal/tag"},
		{folder: "mockprovider/match"},
		{folder: "mockprovider/strict", opens: "mockprovider/internal/vocabulary mockprovider/match mockprovider/protocol", others: "go.yaml.in/yaml/v3", tests: "github.com/google/go-cmp github.com/santhosh-tekuri/jsonschema/v6"},
		{folder: "client/internal/clienttest", opens: "client client/mutant", others: "github.com/go-jose/go-jose/v4"},
		{folder: "client/mutant", opens: "client client/app client/internal/check client/internal/cookie", others: "github.com/go-jose/go-jose/v4", tests: "client/internal/clienttest"},
		{folder: "client/internal/cookie"},
		{folder: "client/internal/cache"},
		{folder: "client/internal/check", others: "github.com/go-jose/go-jose/v4"},
		{folder: "client/app", opens: "client client/internal/check client/internal/cookie", tests: "client/internal/clienttest"},
		{folder: "client", opens: "client/internal/cache client/internal/check", others: "golang.org/x/oauth2 github.com/go-jose/go-jose/v4", tests: "client/internal/clienttest"},
		{folder: "client/agent", others: "golang.org/x/net"},
	}
}

// wrongDoors returns each import that the plan does not have.
func wrongDoors(h *house) []string {
	plan := map[string]room{}
	for _, r := range rooms() {
		plan[r.folder] = r
	}
	var out []string
	for _, s := range h.sources {
		r, ok := plan[s.room]
		if !ok && strings.HasPrefix(s.room, "cmd/authdrill/internal/") {
			r, ok = plan["cmd/authdrill"], true // tools of the command's own tests
		}
		if !ok {
			out = append(out, fmt.Sprintf("%s is in no room of the plan", s.path))
			continue
		}
		for _, door := range s.imports() {
			if !r.mayOpen(door, s) {
				out = append(out, fmt.Sprintf("%s opens a door to %s", s.path, strings.TrimPrefix(door, module+"/")))
			}
		}
	}
	return out
}

func (r room) mayOpen(door string, s *source) bool {
	ours, isOurs := strings.CutPrefix(door, module+"/")
	if isOurs && (ours == s.room || slices.Contains(strings.Fields(r.opens), ours)) {
		return true
	}
	if first, _, _ := strings.Cut(door, "/"); !strings.Contains(first, ".") {
		return true // the standard library
	}
	allowed := strings.Fields(r.others)
	if s.test {
		allowed = append(allowed, strings.Fields(r.tests)...)
	}
	return slices.ContainsFunc(allowed, func(a string) bool {
		return isOurs && ours == a || !isOurs && (door == a || strings.HasPrefix(door, a+"/"))
	})
}

func TestRooms(t *testing.T) {
	for _, offence := range wrongDoors(thisHouse(t)) {
		t.Error(offence)
	}
}

// The guard is guarded: doors that must not be there are found.
func TestRoomsCatches(t *testing.T) {
	h, err := readHouse(fstest.MapFS{
		"client/zz.go":                    {Data: []byte("package client\nimport _ \"" + module + "/mockprovider/clock\"\n")},
		"client/ok.go":                    {Data: []byte("package client\nimport _ \"net/http\"\n")},
		"mockprovider/store/fosite.go":    {Data: []byte("package store\nimport _ \"github.com/ory/fosite/storage\"\n")},
		"mockprovider/journal/up.go":      {Data: []byte("package journal\nimport _ \"" + module + "/mockprovider\"\n")},
		"attic/box.go":                    {Data: []byte("package attic\n")},
		"mockprovider/strict/go_cmp.go":   {Data: []byte("package strict\nimport _ \"github.com/google/go-cmp/cmp\"\n")},
		"mockprovider/strict/cmp_test.go": {Data: []byte("package strict\nimport _ \"github.com/google/go-cmp/cmp\"\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(wrongDoors(h), "\n")
	want := strings.Join([]string{
		"attic/box.go is in no room of the plan",
		"client/zz.go opens a door to mockprovider/clock",
		"mockprovider/journal/up.go opens a door to mockprovider",
		"mockprovider/store/fosite.go opens a door to github.com/ory/fosite/storage",
		"mockprovider/strict/go_cmp.go opens a door to github.com/google/go-cmp/cmp",
	}, "\n")
	if got != want {
		t.Errorf("caught:\n%s\nwant:\n%s", got, want)
	}
}
