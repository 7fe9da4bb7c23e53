package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/authdrill/authdrill/mockprovider/certificate"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/confined"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/scenarios/report"
)

// bundleFile has the authority behind those that the machine trusts, for
// programs that take one file in place of the machine's.
const bundleFile = "bundle.pem"

// authorityFlags choose the authority of --tls, for commands that serve nothing.
type authorityFlags struct {
	folder          string
	personas, hosts []string
}

func (a *authorityFlags) define(f *flags) {
	f.text(&a.folder, "ca-dir", "FOLDER", "where the authorities of --tls are kept; default the user's configuration folder")
	f.list(&a.personas, "persona", "NAME|FILE", "the authority of serve --tls with these personas")
	f.list(&a.hosts, "allow-host", "NAME", "the authority of serve --tls with this host name; may be repeated")
}

// authority is the one that the flags choose.
func (a *authorityFlags) authority(f *flags) (*keptAuthority, error) {
	played, err := personas(f, a.personas)
	if err != nil {
		return nil, err
	}
	return newKeptAuthority(f.place("ca-dir", a.folder), personaWords(a.personas, ""), played, lower(a.hosts))
}

// keptAuthority is one authority of --tls and where it is kept. That of the
// loopback names is in the folder itself; each set of other host names has one of
// its own in a subfolder, so that to trust one is not to trust another.
type keptAuthority struct {
	place place    // of the folder, absolute
	set   string   // name of the subfolder; "" for the loopback names
	hosts []string // the other names, in order
	flags string   // of authdrill ca, that mean this one
}

// errNoConfigFolder is the error of a user without a home.
var errNoConfigFolder = errors.New("there is no folder for a user's configuration")

// newKeptAuthority finds the authority for some personas, with the words that
// name them, and for further hosts.
func newKeptAuthority(folder place, words []string, played []persona.Persona, hosts []string) (*keptAuthority, error) {
	k := &keptAuthority{place: folder}
	flag := func(name, value string) { k.flags += " --" + name + " " + report.Quoted(value) }
	if folder.name == "" {
		base, err := os.UserConfigDir()
		if err != nil {
			return nil, usage("name a folder with --ca-dir", "%w: %w", errNoConfigFolder, err)
		}
		k.place = place{name: filepath.Join(base, "authdrill")}
	} else {
		flag("ca-dir", folder.path())
	}
	if err := k.place.absolute(); err != nil {
		return nil, environmental("", "%s", reason(err))
	}
	further := remoteNames(hosts)
	slices.Sort(further)
	further = slices.Compact(further)
	k.hosts = slices.Clone(further)
	var names []string
	for n, p := range played {
		if of := remoteNames(p.Dialect.Hosts()); len(of) > 0 {
			k.hosts = append(k.hosts, of...)
			names = append(names, string(p.Name))
			flag("persona", words[n])
		}
	}
	for _, name := range further {
		flag("allow-host", name)
	}
	slices.Sort(k.hosts)
	k.hosts = slices.Compact(k.hosts)
	names = append(names, further...)
	slices.Sort(names)
	k.set = setName(names, k.hosts)
	return k, nil
}

// setName is the name of the subfolder for some hosts: that of a persona that
// comes with authdrill, or words and a digest that tells it from every other set.
func setName(words, hosts []string) string {
	const most = 40
	if len(hosts) == 0 {
		return ""
	}
	if len(words) == 1 {
		if p, err := persona.Named(words[0]); err == nil {
			own := remoteNames(p.Dialect.Hosts())
			slices.Sort(own)
			if slices.Equal(own, hosts) {
				return string(p.Name)
			}
		}
	}
	plain := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.Join(words, "-"))
	sum := sha256.Sum256([]byte(strings.Join(hosts, "\n")))
	return plain[:min(len(plain), most)] + "-" + hex.EncodeToString(sum[:4])
}

// folder is where the authority is kept.
func (k *keptAuthority) folder() string { return filepath.Join(k.place.path(), k.set) }

func (k *keptAuthority) file() string   { return filepath.Join(k.folder(), certificate.CertificateFile) }
func (k *keptAuthority) bundle() string { return filepath.Join(k.folder(), bundleFile) }

// command is one of authdrill ca about this authority.
func (k *keptAuthority) command(word string) string { return "authdrill ca " + word + k.flags }

// open opens the folder of the authority, which is made where it is missing.
func (k *keptAuthority) open() (*confined.Root, error) {
	root, err := k.place.folder()
	if err != nil || k.set == "" {
		return root, err
	}
	var folder *confined.Root
	if err = certificate.Guarded(root); err == nil {
		folder, err = root.Folder(k.set, 0o700)
	}
	return folder, errors.Join(err, root.Close())
}

// load returns the authority, made where there is none, and writes the file of bundleFile.
func (k *keptAuthority) load() (*certificate.Authority, error) {
	a, err := k.keep()
	if err != nil {
		return nil, k.explain(err)
	}
	return a, nil
}

func (k *keptAuthority) keep() (*certificate.Authority, error) {
	folder, err := k.open()
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	a, err := certificate.Keep(folder, clock.Machine(), k.hosts...)
	if err == nil {
		err = writeBundle(folder, a)
	}
	return a, err
}

// explain says why there is no authority, and what to do.
func (k *keptAuthority) explain(err error) error {
	var e *certificate.Exposed
	if errors.As(err, &e) {
		return environmental("chmod "+e.Chmod+" "+report.Quoted(e.Path), "%s", e)
	}
	if errors.Is(err, confined.ErrOutside) {
		return usage(k.place.remedy(err, ""), "%s", reason(err))
	}
	if isNoFolder(err) {
		return environmental("name a folder that can be written: --ca-dir FOLDER", "%s", reason(err))
	}
	return environmental(k.place.remedy(err, k.command("remove")+" takes it away, and the next start makes another; "+k.command("install")+" has it trusted"), "%s", reason(err))
}

// writeBundle writes the file of bundleFile, unless it is there already: other
// processes read it.
func writeBundle(folder *confined.Root, a *certificate.Authority) error {
	const most = 16 << 20
	var all bytes.Buffer
	for _, system := range []string{
		"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
	} {
		if text, err := confined.ReadFile(system, most); err == nil {
			all.Write(bytes.TrimSpace(text))
			all.WriteByte('\n')
			break
		}
	}
	all.Write(a.PEM())
	if there, err := folder.ReadFile(bundleFile, most); err == nil && bytes.Equal(there, all.Bytes()) {
		return nil
	}
	return folder.WriteFile(bundleFile, 0o644, func(w io.Writer) error {
		_, err := w.Write(all.Bytes())
		return err
	})
}

// trusting are the variables by which programs are told whom to trust. They may
// run in another folder: the paths are absolute.
func (k *keptAuthority) trusting() []string {
	bundle, authority := k.bundle(), k.file()
	return []string{
		"SSL_CERT_FILE=" + bundle, "REQUESTS_CA_BUNDLE=" + bundle, "CURL_CA_BUNDLE=" + bundle, "GIT_SSL_CAINFO=" + bundle, "AWS_CA_BUNDLE=" + bundle,
		"NODE_EXTRA_CA_CERTS=" + authority, "DENO_CERT=" + authority,
	}
}

// isNoFolder reports whether an error is that there is no folder which can be written.
func isNoFolder(err error) bool {
	return slices.ContainsFunc([]error{errNoConfigFolder, fs.ErrPermission, fs.ErrNotExist, syscall.EROFS, syscall.ENOTDIR}, func(one error) bool { return errors.Is(err, one) })
}
