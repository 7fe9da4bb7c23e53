package verb

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/authority"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/doctor"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/place"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/readyfile"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/requestlog"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/say"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/signals"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/site"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// doctorFlags are those of doctor, which starts nothing.
type doctorFlags struct {
	authority.Flags
	config, readyFile, control, token string
	timeout                           time.Duration
	asJSON                            bool
}

// doctorVerb says why an app and a provider do not get along.
func doctorVerb() verb {
	d := &doctorFlags{timeout: 5 * time.Second}
	return verb{
		name: "doctor", args: "[URL]", group: "helpers",
		summary: "find out why an app and a provider do not get along",
		example: "authdrill doctor  # of the settings in this folder\n" +
			"authdrill doctor https://login.example.com",
		flags: func(f *setting.Flags) {
			f.Text(&d.config, "config", "FILE", "settings that say where the provider is; default "+setting.FileName+" where there is one")
			f.Text(&d.readyFile, "ready-file", "FILE", "ready file that says where the provider is; default that of the settings")
			f.Text(&d.control, "control", "URL", "control API of authdrill, where that has a port of its own; default below the issuer")
			f.Text(&d.token, "control-token", "TOKEN", "token of the control API, where it asks for one")
			f.Duration(&d.timeout, "timeout", "DURATION", "how long each answer is waited for")
			f.Boolean(&d.asJSON, "json", "print the findings as JSON")
			d.Define(f)
		},
		run: func(ctx context.Context, c *call) error {
			switch {
			case len(c.args) > 1:
				return failure.Usage("authdrill doctor "+c.args[0], "doctor wants one provider, got %d", len(c.args))
			case d.timeout <= 0:
				return failure.Usage("--timeout 5s", "invalid timeout %s: want a positive duration", d.timeout)
			}
			o := doctor.Options{
				Control: d.control, Token: d.token, Now: clock.Machine, Lookup: c.env, Timeout: d.timeout,
				Remedy: func(cause, code string) string { return requestlog.Remedy(protocol.Cause(cause), code) },
			}
			var findings []doctor.Finding
			if len(c.args) == 1 {
				o.URL = c.args[0]
			} else {
				found, err := d.find(c, &o)
				if err != nil {
					return err
				}
				findings = found
			}
			d.addAuthority(c.flags, &o)
			c.Secrets.Learn(o.Token)
			examined, unreachable := doctor.Examine(ctx, o)
			if ctx.Err() != nil {
				return signals.Interrupted(ctx)
			}
			return c.diagnosis(append(findings, examined...), d.asJSON, unreachable)
		},
	}
}

// diagnosis prints the findings, a line each.
func (v *call) diagnosis(findings []doctor.Finding, asJSON, unreachable bool) error {
	if asJSON {
		text, err := json.MarshalIndent(findings, "", "  ")
		if err != nil {
			return err
		}
		v.Print("%s", text)
	} else {
		for _, f := range findings {
			line := string(f.Level) + strings.Repeat(" ", 6-len(f.Level)) + f.Check + ": " + f.What
			if f.Remedy != "" {
				line += "  → " + f.Remedy
			}
			v.Print("%s", say.Printable(line))
		}
	}
	switch {
	case unreachable:
		return failure.Silent(failure.ExitEnvironment)
	case doctor.Failed(findings):
		return failure.Silent(failure.ExitFailed)
	}
	return nil
}

// find finds the authdrill of this folder: by its ready file, else by its settings,
// else at the default address.
func (d *doctorFlags) find(c *call, o *doctor.Options) ([]doctor.Finding, error) {
	settings, provider := setting.NewFlags(), &site.Flags{Port: defaultPort}
	provider.Define(settings)
	settings.Text(&d.readyFile, "ready-file", "FILE", "")
	settings.Secrets, settings.Lookup = c.flags.Secrets, c.flags.Lookup
	settings.Given["ready-file"] = c.flags.Given["ready-file"]
	if err := settings.Environment(c.env, nil, nil); err != nil {
		return nil, err
	}
	if _, err := setting.ReadConfig(d.config, settings); err != nil {
		return nil, err
	}
	if d.readyFile != "" {
		at := settings.Place("ready-file", d.readyFile)
		switch r, err := readyfile.Read(at); {
		case err == nil:
			return d.ofReadyFile(at, r, o), nil
		case !errors.Is(err, fs.ErrNotExist) || c.flags.Given["ready-file"] != "":
			return nil, failure.Usage("--ready-file names the file that authdrill serve --ready-file has written", "%s", failure.Reason(err))
		}
	}
	if provider.Port == 0 && provider.BaseURL == "" {
		return nil, failure.Usage("authdrill doctor http://127.0.0.1:PORT", "the settings have port 0, any free one: name the URL that authdrill printed")
	}
	o.URL = provider.Base(provider.Scheme(), provider.Host, &net.TCPAddr{IP: net.ParseIP(provider.Host), Port: provider.Port})
	return nil, nil
}

// ofReadyFile examines the provider that has written a ready file.
func (d *doctorFlags) ofReadyFile(at place.Place, r readyfile.File, o *doctor.Options) []doctor.Finding {
	o.URL = r.Issuer
	if o.Control == "" {
		o.Control = r.Control
	}
	if o.Token == "" {
		o.Token = r.ControlToken
	}
	if !readyfile.IsRunning(r.PID) {
		return []doctor.Finding{{
			Level: doctor.Warn, Check: "ready_file", What: at.Path() + " is of process " + strconv.Itoa(r.PID) + ", which has ended", Remedy: "start authdrill again, or remove the file",
		}}
	}
	return []doctor.Finding{{Level: doctor.OK, Check: "ready_file", What: at.Path() + " is of process " + strconv.Itoa(r.PID) + ", which runs"}}
}

// addAuthority adds the authority of --tls, where there is one.
func (d *doctorFlags) addAuthority(f *setting.Flags, o *doctor.Options) {
	k, err := d.Authority(f)
	if err != nil {
		return // it has no folder: nothing was kept
	}
	pem, err := place.Place{Name: k.File()}.Read(readyfile.MaxSize)
	if err != nil {
		return
	}
	o.Authority, o.CAFile, o.CABundle, o.CAInstall = pem, k.File(), k.Bundle(), k.Command("install")
}
