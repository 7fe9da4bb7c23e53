package setting

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/place"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/secret"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

const (
	configTextVariable = EnvPrefix + "CONFIG_TEXT" // holds settings itself
	StandardInput      = "-"                       // as a file's name
)

// configSource is where settings were read.
type configSource struct {
	name  string // as problems have it
	data  []byte
	below string // the folder that places in it are confined to; "" for settings that name any, as flags do
	found bool   // it was not named by the user: a stranger may have written it
}

// readSource reads the settings that a name, the environment or the working folder
// has. Without any, its data are nil.
func readSource(name string, f *Flags) (configSource, error) {
	text := ""
	if f.Lookup != nil {
		text, _ = f.Lookup(configTextVariable)
	}
	switch {
	case text != "" && name != "":
		return configSource{}, failure.Usage("unset one of them", "both %s and %s have settings", configTextVariable, f.Given["config"])
	case len(text) > configSize:
		return configSource{}, failure.Usage("", "%s has more than %d MB", configTextVariable, configSize>>20)
	case text != "":
		return configSource{name: configTextVariable, data: []byte(text)}, nil
	case name == StandardInput:
		return readStandardInput(f.Stdin)
	}
	return readConfigFile(name)
}

func readStandardInput(in io.Reader) (configSource, error) {
	if in == nil {
		return configSource{}, failure.Usage("name a file", "this command reads no settings from standard input")
	}
	data, err := io.ReadAll(io.LimitReader(in, configSize+1))
	switch {
	case err != nil:
		return configSource{}, failure.Usage("", "standard input: %s", failure.RootOf(err))
	case len(data) > configSize:
		return configSource{}, failure.Usage("", "standard input has more than %d MB", configSize>>20)
	}
	return configSource{name: "standard input", data: data}, nil
}

// readConfigFile reads a file, or authdrill.yaml where no name is given and there is
// one.
func readConfigFile(name string) (configSource, error) {
	at := place.Place{Name: name}
	if name == "" {
		at = place.Place{Below: ".", Name: FileName}
	}
	data, err := at.ReadDocument(configSize)
	switch found := name == ""; {
	case found && errors.Is(err, fs.ErrNotExist):
		return configSource{found: true}, nil
	case found && err != nil:
		return configSource{}, failure.Usage("name the file: --config FILE", "%s", failure.Reason(err))
	case err != nil:
		return configSource{}, failure.Usage(at.Remedy(err, "--config names a YAML file, like "+FileName), "%s", failure.Reason(err))
	}
	return configSource{name: at.Name, data: data, below: filepath.Dir(at.Name), found: name == ""}, nil
}

// decode reads the settings strictly. JSON is told from YAML by being valid: YAML does
// not know all of it, such as tabs and pairs of surrogates.
func (s *configSource) decode(into any) strict.Problems {
	return strict.Read(s.name, s.data, into, s.options()).Sorted()
}

func (s *configSource) options() strict.Options { return strict.Options{JSON: json.Valid(s.data)} }

// documents returns the settings as they are written, for what has to be hidden.
func (s *configSource) documents() []*strict.Node {
	docs, _ := strict.Parse(s.name, s.data, s.options()) // what is wrong is told already
	return docs
}

// isEmpty reports whether nothing is said.
func (s *configSource) isEmpty() bool { return strings.TrimSpace(string(s.data)) == "" }

// vault looks secrets up that the settings name.
func (s *configSource) vault() secret.Vault { return secret.Vault{Env: os.LookupEnv, Below: s.below} }
