package main

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/doctor"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/requestlog"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// doctorFlags are those of doctor, which starts nothing.
type doctorFlags struct {
	authorityFlags
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
		flags: func(f *flags) {
			f.text(&d.config, "config", "FILE", "settings that say where the provider is; default "+configName+" where there is one")
			f.text(&d.readyFile, "ready-file", "FILE", "ready file that says where the provider is; default that of the settings")
			f.text(&d.control, "control", "URL", "control API of authdrill, where that has a port of its own; default below the issuer")
			f.text(&d.token, "control-token", "TOKEN", "token of the control API, where it asks for one")
			f.duration(&d.timeout, "timeout", "DURATION", "how long each answer is waited for")
			f.boolean(&d.asJSON, "json", "print the findings as JSON")
			d.define(f)
		},
		run: func(ctx context.Context, c *call) error {
			switch {
			case len(c.args) > 1:
				return usage("authdrill doctor "+c.args[0], "doctor examines one provider, and was given %d", len(c.args))
			case d.timeout <= 0:
				return usage("--timeout 5s", "invalid timeout %s: want a positive duration", d.timeout)
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
			c.secrets.Learn(o.Token)
			examined, unreachable := doctor.Examine(ctx, o)
			if ctx.Err() != nil {
				return interrupted(ctx)
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
		v.print("%s", text)
	} else {
		for _, f := range findings {
			line := string(f.Level) + strings.Repeat(" ", 6-len(f.Level)) + f.Check + ": " + f.What
			if f.Remedy != "" {
				line += "  → " + f.Remedy
			}
			v.print("%s", printable(line))
		}
	}
	switch {
	case unreachable:
		return silent(exitEnvironment)
	case doctor.Failed(findings):
		return silent(exitFailed)
	}
	return nil
}

// find finds the authdrill of this folder: by its ready file, else by its settings,
// else at the default address.
func (d *doctorFlags) find(c *call, o *doctor.Options) ([]doctor.Finding, error) {
	settings, provider := newFlags(), &providerFlags{port: defaultPort}
	provider.define(settings)
	settings.text(&d.readyFile, "ready-file", "FILE", "")
	settings.secrets, settings.lookup = c.flags.secrets, c.flags.lookup
	settings.given["ready-file"] = c.flags.given["ready-file"]
	if err := settings.environment(c.env, nil, nil); err != nil {
		return nil, err
	}
	if _, err := readConfig(d.config, settings); err != nil {
		return nil, err
	}
	if d.readyFile != "" {
		at := settings.place("ready-file", d.readyFile)
		switch r, err := readReady(at); {
		case err == nil:
			return d.ofReadyFile(at, r, o), nil
		case !errors.Is(err, fs.ErrNotExist) || c.flags.given["ready-file"] != "":
			return nil, usage("--ready-file names the file that authdrill serve --ready-file has written", "%s", reason(err))
		}
	}
	if provider.port == 0 && provider.baseURL == "" {
		return nil, usage("authdrill doctor http://127.0.0.1:PORT", "the settings have port 0, any free one: name the URL that authdrill printed")
	}
	o.URL = provider.base(provider.scheme(), provider.host, &net.TCPAddr{IP: net.ParseIP(provider.host), Port: provider.port})
	return nil, nil
}

// ofReadyFile examines the provider that has written a ready file.
func (d *doctorFlags) ofReadyFile(at place, r ready, o *doctor.Options) []doctor.Finding {
	o.URL = r.Issuer
	if o.Control == "" {
		o.Control = r.Control
	}
	if o.Token == "" {
		o.Token = r.ControlToken
	}
	if !isRunning(r.PID) {
		return []doctor.Finding{{
			Level: doctor.Warn, Check: "ready_file", What: at.path() + " is of process " + strconv.Itoa(r.PID) + ", which has ended", Remedy: "start authdrill again, or remove the file",
		}}
	}
	return []doctor.Finding{{Level: doctor.OK, Check: "ready_file", What: at.path() + " is of process " + strconv.Itoa(r.PID) + ", which runs"}}
}

// addAuthority adds the authority of --tls, where there is one.
func (d *doctorFlags) addAuthority(f *flags, o *doctor.Options) {
	k, err := d.authority(f)
	if err != nil {
		return // it has no folder: nothing was kept
	}
	pem, err := place{name: k.file()}.read(readySize)
	if err != nil {
		return
	}
	o.Authority, o.CAFile, o.CABundle, o.CAInstall = pem, k.file(), k.bundle(), k.command("install")
}
