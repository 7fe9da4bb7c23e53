package authority

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/place"
	"github.com/authdrill/authdrill/mockprovider/certificate"
)

// The files of an authority that is kept. The one of the key has the certificate
// too, so that both appear in one step; the other is for programs that are to
// trust it.
const (
	CertificateFile = "authority.pem"
	keyFile         = "authority-key.pem"
)

// signer is the certificate of an authority and its key.
type signer struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

const (
	almostOver = 31 * 24 * time.Hour // how long before its end an authority is of no use any more
	fileSize   = 64 << 10            // bytes that are read of a file
)

// exposed is the error of a key that others can read, or of a folder in which
// they can replace it.
type exposed struct {
	Path  string
	Mode  fs.FileMode
	Chmod string // the mode that ends it, as chmod takes it
}

// Error says who else has access.
func (e *exposed) Error() string {
	if e.Mode.IsDir() {
		return fmt.Sprintf("others can write to the folder of the authority's key, %s (mode %04o)", e.Path, e.Mode.Perm())
	}
	return fmt.Sprintf("others can read the authority's key, %s (mode %04o)", e.Path, e.Mode.Perm())
}

// keep returns the authority that is kept in a folder, for a server that is known
// by the loopback names of this machine and by some hosts; where there is none it
// is made, with a key that only its owner can read. It may sign for those names,
// and those below them, and for nothing else (RFC 5280 section 4.2.1.10): whoever
// steals the key of an authority that is trusted can do no more. One that may
// sign for more, or for less, is not used. The error is an *exposed, or says what
// is wrong with the folder. Several processes may keep the same one at once.
func keep(folder *place.Folder, now time.Time, hosts ...string) (*certificate.Authority, error) {
	root, err := read(folder)
	if errors.Is(err, fs.ErrNotExist) {
		root, err = create(folder, now, hosts)
		if errors.Is(err, fs.ErrExist) {
			root, err = read(folder) // another process was faster
		}
	}
	if err == nil {
		err = checkConstraints(root.cert, now, folder.Path, hosts)
	}
	if err == nil {
		err = publish(folder, root.cert)
	}
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	names := slices.Concat([]string{"localhost", "*.localhost", "127.0.0.1", "::1"}, hosts)
	return certificate.NewWithRoot(now, root.cert, root.key, names...), nil
}

// create makes an authority and writes its key and certificate in one step. The
// error wraps fs.ErrExist where there is one by then.
func create(folder *place.Folder, now time.Time, hosts []string) (*signer, error) {
	root, err := newRoot(now, hosts)
	if err != nil {
		return nil, err
	}
	key, err := x509.MarshalPKCS8PrivateKey(root.key)
	if err != nil {
		return nil, err
	}
	return root, folder.CreateFile(keyFile, 0o600, func(w io.Writer) error {
		return errors.Join(pem.Encode(w, &pem.Block{Type: "PRIVATE KEY", Bytes: key}), pem.Encode(w, &pem.Block{Type: "CERTIFICATE", Bytes: root.cert.Raw}))
	})
}

// newRoot makes a certificate, signed by itself, that may sign for some hosts.
func newRoot(now time.Time, hosts []string) (*signer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	number, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	names, addresses := permitted(hosts)
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: "authdrill test authority on " + machine()}, SerialNumber: number,
		NotBefore: now.Add(-24 * time.Hour), NotAfter: now.Add(2 * 365 * 24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		PermittedDNSDomainsCritical: true, PermittedDNSDomains: names, PermittedIPRanges: addresses,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return &signer{cert, key}, err
}

// publish writes the certificate where other programs read it, unless it is
// there.
func publish(folder *place.Folder, cert *x509.Certificate) error {
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})
	if there, err := folder.ReadFile(CertificateFile, fileSize); err == nil && bytes.Equal(there, text) {
		return nil
	}
	return folder.WriteFile(CertificateFile, 0o644, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// machine tells authorities of several machines apart in a list of trusted ones.
func machine() string {
	if name, err := os.Hostname(); err == nil {
		return name
	}
	return "this machine"
}

// read reads an authority. That there is none is fs.ErrNotExist.
func read(folder *place.Folder) (*signer, error) {
	if err := checkFolder(folder); err != nil {
		return nil, err
	}
	text, err := readKey(folder)
	if err != nil {
		return nil, err
	}
	name := filepath.Join(folder.Path, keyFile)
	of := name // the file that has the certificate
	cert := block(text, "CERTIFICATE")
	if cert == nil { // as earlier versions wrote it
		of = filepath.Join(folder.Path, CertificateFile)
		other, err := folder.ReadFile(CertificateFile, fileSize)
		if err != nil {
			return nil, err
		}
		if cert = block(other, "CERTIFICATE"); cert == nil {
			return nil, fmt.Errorf("%s is not a PEM file", of)
		}
	}
	key := block(text, "PRIVATE KEY")
	if key == nil {
		return nil, fmt.Errorf("%s is not a PEM file", name)
	}
	out := &signer{}
	if out.cert, err = x509.ParseCertificate(cert); err != nil {
		return nil, fmt.Errorf("%s: %w", of, err)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var ok bool
	if out.key, ok = parsed.(*ecdsa.PrivateKey); !ok || !out.key.PublicKey.Equal(out.cert.PublicKey) {
		return nil, fmt.Errorf("%s holds another key than that of %s", name, CertificateFile)
	}
	return out, nil
}

// checkFolder returns an *exposed where others can replace what is in a folder.
func checkFolder(folder *place.Folder) error {
	info, err := folder.Stat(".")
	if err == nil && isExposed(info, 0o022) && info.Mode()&fs.ModeSticky == 0 {
		return &exposed{folder.Path, info.Mode(), "go-w"}
	}
	return err
}

// readKey reads the file of the key, which only its owner may read.
func readKey(folder *place.Folder) ([]byte, error) {
	f, err := folder.Open(keyFile)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case isExposed(info, 0o077):
		return nil, &exposed{filepath.Join(folder.Path, keyFile), info.Mode(), "600"}
	}
	return io.ReadAll(io.LimitReader(f, fileSize))
}

// isExposed reports whether a file has one of the bits of others. Windows has no
// such bits.
func isExposed(info fs.FileInfo, bits fs.FileMode) bool {
	return runtime.GOOS != "windows" && info.Mode().Perm()&bits != 0
}

// block returns what the first PEM block of a type has, nil where there is none.
func block(text []byte, kind string) []byte {
	for b, rest := pem.Decode(text); b != nil; b, rest = pem.Decode(rest) {
		if b.Type == kind {
			return b.Bytes
		}
	}
	return nil
}

// permitted are the names and the addresses that an authority for some hosts may
// sign for.
func permitted(hosts []string) (names []string, addresses []*net.IPNet) {
	names = []string{"localhost"}
	addresses = []*net.IPNet{{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)}, {IP: net.IPv6loopback, Mask: net.CIDRMask(128, 128)}}
	for _, host := range hosts {
		ip := net.ParseIP(host)
		if four := ip.To4(); four != nil {
			ip = four
		}
		switch {
		case ip == nil:
			names = append(names, strings.TrimPrefix(host, "*."))
		default:
			addresses = append(addresses, &net.IPNet{IP: ip, Mask: net.CIDRMask(8*len(ip), 8*len(ip))})
		}
	}
	return names, addresses
}

// checkConstraints finds what is wrong with the authority in a folder, for some hosts.
func checkConstraints(root *x509.Certificate, now time.Time, folder string, hosts []string) error {
	may, wanted := constraints(root.PermittedDNSDomains, root.PermittedIPRanges), constraints(permitted(hosts))
	less := slices.DeleteFunc(slices.Clone(wanted), func(name string) bool { return slices.Contains(may, name) })
	more := slices.DeleteFunc(slices.Clone(may), func(name string) bool { return slices.Contains(wanted, name) })
	switch {
	case now.Add(almostOver).After(root.NotAfter):
		return fmt.Errorf("the authority in %s ends on %s", folder, root.NotAfter.Format(time.DateOnly))
	case len(root.PermittedDNSDomains) == 0 || len(root.PermittedIPRanges) == 0:
		return fmt.Errorf("the authority in %s may sign for every name: it was not made by authdrill", folder)
	case len(less) > 0:
		return fmt.Errorf("the authority in %s was made without %s", folder, strings.Join(less, ", "))
	case len(more) > 0:
		return fmt.Errorf("the authority in %s may sign for more than it is used for (%s), as those of earlier versions do", folder, abbreviateList(more))
	}
	return nil
}

func constraints(names []string, addresses []*net.IPNet) []string {
	out := slices.Clone(names)
	for _, a := range addresses {
		out = append(out, a.String())
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// abbreviateList names some of a list.
func abbreviateList(names []string) string {
	const most = 3
	if len(names) > most {
		return fmt.Sprintf("%s and %d others", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

// Forget deletes the authority of a folder, and reports whether there was one.
func Forget(folder *place.Folder) (bool, error) {
	there := false
	for _, name := range []string{keyFile, CertificateFile} { // a certificate without its key does no harm
		err := folder.Remove(name)
		switch {
		case err == nil:
			there = true
		case !errors.Is(err, fs.ErrNotExist):
			return there, fmt.Errorf("certificate: %w", err)
		}
	}
	return there, nil
}
