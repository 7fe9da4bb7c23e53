package verb

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/smallstep/truststore"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/authority"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
)

// caVerb has an authority of --tls trusted by this machine, or not any more.
func caVerb() verb {
	which, firefox, java := &authority.Flags{}, false, false
	return verb{
		name: "ca", args: "path|install|remove", group: "helpers",
		summary: "the certificate authorities of --tls: where one is, and whether this machine trusts it",
		example: "authdrill ca install\n" +
			"authdrill ca path --persona google",
		words: setting.Fixed("path", "install", "remove"),
		flags: func(f *setting.Flags) {
			which.Define(f)
			f.Boolean(&firefox, "firefox", "install, remove: in Firefox and Chromium too")
			f.Boolean(&java, "java", "install, remove: in the key store of $JAVA_HOME too")
		},
		run: func(_ context.Context, c *call) error {
			if len(c.args) != 1 || !slices.Contains([]string{"path", "install", "remove"}, c.args[0]) {
				return failure.Usage("authdrill ca path, authdrill ca install or authdrill ca remove", "ca takes one word: path, install or remove")
			}
			k, err := which.Authority(c.flags)
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
			if _, err := k.Load(); err != nil {
				return err
			}
			if c.args[0] == "path" {
				c.Print("%s", k.File())
				return nil
			}
			return c.installAuthority(k, options)
		},
	}
}

func (v *call) installAuthority(k *authority.Kept, options []truststore.Option) error {
	if err := truststore.InstallFile(k.File(), options...); err != nil {
		return failure.Environmental("it needs the rights of an administrator; without them, SSL_CERT_FILE, NODE_EXTRA_CA_CERTS and the like name it: authdrill exec sets them", "%s", err)
	}
	v.Print("this machine trusts %s", k.File())
	v.Print("It signs for %s, and for nothing else. Whoever can read its key can pretend to be those, to this machine: %s ends it.",
		strings.Join(append([]string{"localhost"}, k.Hosts...), ", "), k.Command("remove"))
	return nil
}

func (v *call) removeAuthority(k *authority.Kept, options []truststore.Option) error {
	there := false
	if _, err := os.Stat(k.Folder()); err == nil {
		if _, err := os.Stat(k.File()); err == nil {
			if err := truststore.UninstallFile(k.File(), options...); err != nil {
				v.Note("it could not be taken out of this machine's list: %s", err)
			}
		}
		folder, err := k.Open()
		if err != nil {
			return k.Explain(err)
		}
		defer folder.Close()
		if there, err = authority.Forget(folder); err != nil {
			return failure.Environmental("", "%s", err)
		}
		_ = folder.Remove(authority.BundleFile) // it is of no use without
		if k.Set != "" {
			_ = os.Remove(k.Folder()) // unless somebody keeps something else there
		}
	}
	if there {
		v.Print("removed %s, and its key", k.File())
	} else {
		v.Print("no authority in %s", k.Folder())
	}
	if others, err := filepath.Glob(filepath.Join(k.Place.Path(), "*", authority.CertificateFile)); err == nil && k.Set == "" && len(others) > 0 {
		v.Note("the authorities of other host names stay: %s", strings.Join(others, ", "))
		v.Hint("authdrill ca remove --persona NAME removes that of a persona")
	}
	return nil
}
