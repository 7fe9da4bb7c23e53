package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"

	"github.com/smallstep/truststore"

	"github.com/authdrill/authdrill/mockprovider/certificate"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/persona"
)

// bundleFile has the authority behind those that the machine trusts, for
// programs that take one file in place of the machine's.
const bundleFile = "bundle.pem"

// thisMachine are the names of a server that is reached from its own machine.
func thisMachine() []string { return []string{"localhost", "*.localhost", "127.0.0.1", "::1"} }

// caFolder is where the authority is kept: in the user's configuration folder,
// unless another is named.
func caFolder(named string) (string, error) {
	if named != "" {
		return named, nil
	}
	base, err := os.UserConfigDir()
	if err != nil {
		return "", usage("name a folder with --ca-dir", "there is no folder for a user's configuration: %s", err)
	}
	return filepath.Join(base, "authdrill"), nil
}

// keepAuthority returns the authority that --tls uses, for some host names.
func keepAuthority(folder string, hosts []string) (*certificate.Authority, error) {
	permitted := hosts
	for _, name := range persona.Names()[1:] {
		p, err := persona.Named(name)
		if err != nil {
			return nil, err
		}
		permitted = append(permitted, p.Dialect.Hosts()...)
	}
	slices.Sort(permitted)
	a, err := certificate.Keep(folder, clock.Running().Now(), slices.Compact(permitted), slices.Concat(thisMachine(), hosts)...)
	if err != nil {
		return nil, environmental("authdrill ca remove takes it away, and the next start makes another; authdrill ca install has it trusted", "%s", err)
	}
	return a, nil
}

// writeBundle writes the file of bundleFile, and returns where it is.
func writeBundle(folder string, a *certificate.Authority) (string, error) {
	var all bytes.Buffer
	for _, system := range []string{
		"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
	} {
		if text, err := os.ReadFile(system); err == nil {
			all.Write(bytes.TrimSpace(text))
			all.WriteByte('\n')
			break
		}
	}
	all.Write(a.PEM())
	name := filepath.Join(folder, bundleFile)
	if err := os.WriteFile(name, all.Bytes(), 0o644); err != nil {
		return "", environmental("", "%s", reason(err))
	}
	return name, nil
}

// trusting are the variables by which programs are told whom to trust.
func trusting(authority, bundle string) []string {
	return []string{
		"SSL_CERT_FILE=" + bundle, "REQUESTS_CA_BUNDLE=" + bundle, "CURL_CA_BUNDLE=" + bundle, "GIT_SSL_CAINFO=" + bundle, "AWS_CA_BUNDLE=" + bundle,
		"NODE_EXTRA_CA_CERTS=" + authority, "DENO_CERT=" + authority,
	}
}

// caVerb has the authority of --tls trusted by this machine, or not any more.
func caVerb() verb {
	folder, firefox, java := "", false, false
	return verb{
		name: "ca", args: "path|install|remove", group: "helpers",
		summary: "the certificate authority of --tls: where it is, and whether this machine trusts it",
		flags: func(f *flags) {
			f.text(&folder, "ca-dir", "FOLDER", "where it is kept; default the user's configuration folder")
			f.boolean(&firefox, "firefox", "install, remove: in Firefox and Chromium too")
			f.boolean(&java, "java", "install, remove: in the key store of $JAVA_HOME too")
		},
		run: func(_ context.Context, c *call) error {
			if len(c.args) != 1 || !slices.Contains([]string{"path", "install", "remove"}, c.args[0]) {
				return usage("authdrill ca path, authdrill ca install or authdrill ca remove", "ca takes one word: path, install or remove")
			}
			folder, err := caFolder(folder)
			if err != nil {
				return err
			}
			options := []truststore.Option{truststore.WithPrefix("authdrill")}
			if firefox {
				options = append(options, truststore.WithFirefox())
			}
			if java {
				options = append(options, truststore.WithJava())
			}
			return c.authority(c.args[0], folder, options)
		},
	}
}

func (v *voice) authority(word, folder string, options []truststore.Option) error {
	file := filepath.Join(folder, certificate.CertificateFile)
	if word == "remove" {
		if _, err := os.Stat(file); err == nil {
			if err := truststore.UninstallFile(file, options...); err != nil {
				v.note("it could not be taken out of this machine's list: %s", err)
			}
		}
		there, err := certificate.Forget(folder)
		if err != nil {
			return environmental("", "%s", err)
		}
		_ = os.Remove(filepath.Join(folder, bundleFile)) // it is of no use without
		if !there {
			v.print("there is no authority in %s", folder)
			return nil
		}
		v.print("removed %s, and its key", file)
		return nil
	}
	a, err := keepAuthority(folder, nil)
	if err != nil {
		return err
	}
	if _, err := writeBundle(folder, a); err != nil {
		return err
	}
	if word == "path" {
		v.print("%s", file)
		return nil
	}
	if err := truststore.InstallFile(file, options...); err != nil {
		return environmental("it needs the rights of an administrator; without them, SSL_CERT_FILE, NODE_EXTRA_CA_CERTS and the like name it: authdrill exec sets them", "%s", err)
	}
	v.print("this machine trusts %s", file)
	v.print("It signs for localhost and for the host names of the personas, and for nothing else. Who can read its key can pretend to be those, to this machine: authdrill ca remove ends it.")
	return nil
}
