// Package authority keeps the certificate authorities of --tls: one for the loopback
// names, and one for each set of other host names. Its main type is Kept.
package authority

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

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/place"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/report"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/socket"
	"github.com/authdrill/authdrill/mockprovider/certificate"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/confined"
	"github.com/authdrill/authdrill/mockprovider/persona"
)

// BundleFile has the authority behind those that the machine trusts, for
// programs that take one file in place of the machine's.
const BundleFile = "bundle.pem"

// Flags choose the authority of --tls, for commands that serve nothing.
type Flags struct {
	folder          string
	personas, hosts []string
}

// Define adds the flags to those of a verb.
func (a *Flags) Define(f *setting.Flags) {
	f.Text(&a.folder, "ca-dir", "FOLDER", "where the authorities of --tls are kept; default the user's configuration folder")
	f.List(&a.personas, "persona", "NAME|FILE", "the authority of serve --tls with these personas")
	f.Words["persona"] = setting.Fixed(persona.Names()...)
	f.List(&a.hosts, "allow-host", "NAME", "the authority of serve --tls with this host name; may be repeated")
}

// Authority is the one that the flags choose.
func (a *Flags) Authority(f *setting.Flags) (*Kept, error) {
	played, err := setting.Personas(f, a.personas)
	if err != nil {
		return nil, err
	}
	return Find(f.Place("ca-dir", a.folder), setting.PersonaWords(a.personas, ""), played, socket.Lower(a.hosts))
}

// Kept is one authority of --tls and where it is kept. That of the
// loopback names is in the folder itself; each set of other host names has one of
// its own in a subfolder, so that to trust one is not to trust another.
type Kept struct {
	Place place.Place // of the folder, absolute
	Set   string      // name of the subfolder; "" for the loopback names
	Hosts []string    // the other names, in order
	Flags string      // of authdrill ca, that mean this one
}

// errNoConfigFolder is the error of a user without a home.
var errNoConfigFolder = errors.New("no folder for the user's configuration")

// Find finds the authority for some personas, with the words that
// name them, and for further hosts.
func Find(folder place.Place, words []string, played []persona.Persona, hosts []string) (*Kept, error) {
	k := &Kept{Place: folder}
	flag := func(name, value string) { k.Flags += " --" + name + " " + report.Quoted(value) }
	if folder.Name == "" {
		base, err := os.UserConfigDir()
		if err != nil {
			return nil, failure.Usage("name a folder with --ca-dir", "%w: %w", errNoConfigFolder, err)
		}
		k.Place = place.Place{Name: filepath.Join(base, "authdrill")}
	} else {
		flag("ca-dir", folder.Path())
	}
	if err := k.Place.Absolute(); err != nil {
		return nil, failure.Environmental("", "%s", failure.Reason(err))
	}
	further := socket.RemoteNames(hosts)
	slices.Sort(further)
	further = slices.Compact(further)
	k.Hosts = slices.Clone(further)
	var names []string
	for n, p := range played {
		if of := socket.RemoteNames(p.Dialect.Hosts()); len(of) > 0 {
			k.Hosts = append(k.Hosts, of...)
			names = append(names, string(p.Name))
			flag("persona", words[n])
		}
	}
	for _, name := range further {
		flag("allow-host", name)
	}
	slices.Sort(k.Hosts)
	k.Hosts = slices.Compact(k.Hosts)
	names = append(names, further...)
	slices.Sort(names)
	k.Set = setName(names, k.Hosts)
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
			own := socket.RemoteNames(p.Dialect.Hosts())
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

// Folder is where the authority is kept.
func (k *Kept) Folder() string { return filepath.Join(k.Place.Path(), k.Set) }

// File is where the certificate of the authority is.
func (k *Kept) File() string   { return filepath.Join(k.Folder(), CertificateFile) }
func (k *Kept) Bundle() string { return filepath.Join(k.Folder(), BundleFile) }

// Command is one of authdrill ca about this authority.
func (k *Kept) Command(word string) string { return "authdrill ca " + word + k.Flags }

// Open opens the folder of the authority, which is made where it is missing.
func (k *Kept) Open() (*place.Folder, error) {
	root, err := k.Place.Folder()
	if err != nil || k.Set == "" {
		return root, err
	}
	var folder *place.Folder
	if err = checkFolder(root); err == nil {
		folder, err = root.Folder(k.Set, 0o700)
	}
	return folder, errors.Join(err, root.Close())
}

// Load returns the authority, made where there is none, and writes the file of bundleFile.
func (k *Kept) Load() (*certificate.Authority, error) {
	a, err := k.Keep()
	if err != nil {
		return nil, k.Explain(err)
	}
	return a, nil
}

// Keep returns the authority as Load does, with the error as it came.
func (k *Kept) Keep() (*certificate.Authority, error) {
	folder, err := k.Open()
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	a, err := keep(folder, clock.Machine(), k.Hosts...)
	if err == nil {
		err = writeBundle(folder, a)
	}
	return a, err
}

// Explain returns why the authority is missing, and what to do.
func (k *Kept) Explain(err error) error {
	var e *exposed
	if errors.As(err, &e) {
		return failure.Environmental("chmod "+e.Chmod+" "+report.Quoted(e.Path), "%s", e)
	}
	if errors.Is(err, confined.ErrOutside) {
		return failure.Usage(k.Place.Remedy(err, ""), "%s", failure.Reason(err))
	}
	if IsNoFolder(err) {
		return failure.Environmental("name a folder that can be written: --ca-dir FOLDER", "%s", failure.Reason(err))
	}
	return failure.Environmental(k.Place.Remedy(err, k.Command("remove")+" removes it, and the next start makes another; "+k.Command("install")+" has it trusted"), "%s", failure.Reason(err))
}

// writeBundle writes the file of bundleFile, unless it is there already: other
// processes read it.
func writeBundle(folder *place.Folder, a *certificate.Authority) error {
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
	if there, err := folder.ReadFile(BundleFile, most); err == nil && bytes.Equal(there, all.Bytes()) {
		return nil
	}
	return folder.WriteFile(BundleFile, 0o644, func(w io.Writer) error {
		_, err := w.Write(all.Bytes())
		return err
	})
}

// Trusting are the variables by which programs are told whom to trust. They may
// run in another folder: the paths are absolute.
func (k *Kept) Trusting() []string {
	bundle, authority := k.Bundle(), k.File()
	return []string{
		"SSL_CERT_FILE=" + bundle, "REQUESTS_CA_BUNDLE=" + bundle, "CURL_CA_BUNDLE=" + bundle, "GIT_SSL_CAINFO=" + bundle, "AWS_CA_BUNDLE=" + bundle,
		"NODE_EXTRA_CA_CERTS=" + authority, "DENO_CERT=" + authority,
	}
}

// IsNoFolder reports whether err means that no folder can be written.
func IsNoFolder(err error) bool {
	return slices.ContainsFunc([]error{errNoConfigFolder, fs.ErrPermission, fs.ErrNotExist, syscall.EROFS, syscall.ENOTDIR}, func(one error) bool { return errors.Is(err, one) })
}
