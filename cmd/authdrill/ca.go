package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/smallstep/truststore"

	"github.com/authdrill/authdrill/mockprovider/certificate"
)

// caVerb has an authority of --tls trusted by this machine, or not any more.
func caVerb() verb {
	which, firefox, java := &authorityFlags{}, false, false
	return verb{
		name: "ca", args: "path|install|remove", group: "helpers",
		summary: "the certificate authorities of --tls: where one is, and whether this machine trusts it",
		flags: func(f *flags) {
			which.define(f)
			f.boolean(&firefox, "firefox", "install, remove: in Firefox and Chromium too")
			f.boolean(&java, "java", "install, remove: in the key store of $JAVA_HOME too")
		},
		run: func(_ context.Context, c *call) error {
			if len(c.args) != 1 || !slices.Contains([]string{"path", "install", "remove"}, c.args[0]) {
				return usage("authdrill ca path, authdrill ca install or authdrill ca remove", "ca takes one word: path, install or remove")
			}
			k, err := which.authority(c.flags)
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
			if c.args[0] == "remove" {
				return c.removeAuthority(k, options)
			}
			if _, err := k.load(); err != nil {
				return err
			}
			if c.args[0] == "path" {
				c.print("%s", k.file())
				return nil
			}
			return c.installAuthority(k, options)
		},
	}
}

func (v *call) installAuthority(k *keptAuthority, options []truststore.Option) error {
	if err := truststore.InstallFile(k.file(), options...); err != nil {
		return environmental("it needs the rights of an administrator; without them, SSL_CERT_FILE, NODE_EXTRA_CA_CERTS and the like name it: authdrill exec sets them", "%s", err)
	}
	v.print("this machine trusts %s", k.file())
	v.print("It signs for %s, and for nothing else. Whoever can read its key can pretend to be those, to this machine: %s ends it.",
		strings.Join(append([]string{"localhost"}, k.hosts...), ", "), k.command("remove"))
	return nil
}

func (v *call) removeAuthority(k *keptAuthority, options []truststore.Option) error {
	there := false
	if _, err := os.Stat(k.folder()); err == nil {
		if _, err := os.Stat(k.file()); err == nil {
			if err := truststore.UninstallFile(k.file(), options...); err != nil {
				v.note("it could not be taken out of this machine's list: %s", err)
			}
		}
		folder, err := k.open()
		if err != nil {
			return k.explain(err)
		}
		defer folder.Close()
		if there, err = certificate.Forget(folder); err != nil {
			return environmental("", "%s", err)
		}
		_ = folder.Remove(bundleFile) // it is of no use without
		if k.set != "" {
			_ = os.Remove(k.folder()) // unless somebody keeps something else there
		}
	}
	if there {
		v.print("removed %s, and its key", k.file())
	} else {
		v.print("there is no authority in %s", k.folder())
	}
	if others, err := filepath.Glob(filepath.Join(k.place.path(), "*", certificate.CertificateFile)); err == nil && k.set == "" && len(others) > 0 {
		v.note("the authorities of other host names stay: %s", strings.Join(others, ", "))
		v.hint("authdrill ca remove --persona NAME removes that of a persona")
	}
	return nil
}
