package effect

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"net/url"
	"unicode/utf16"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/match"
)

// encoded returns a body as UTF-16 with a byte order mark (RFC 8259 section 8.1
// forbids it), as UTF-8 with one, as a form, or compressed, and announces that in h.
func encoded(h http.Header, body []byte, as fault.Encoding) []byte {
	var out bytes.Buffer
	switch as {
	case "utf-16":
		h.Set("Content-Type", "application/json; charset=utf-16")
		out.Write([]byte{0xfe, 0xff})
		for _, unit := range utf16.Encode([]rune(string(body))) {
			_ = binary.Write(&out, binary.BigEndian, unit) // a buffer takes everything
		}
	case "bom":
		out.Write(append([]byte{0xef, 0xbb, 0xbf}, body...))
	case "gzip":
		h.Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(&out)
		_, _ = z.Write(body) // likewise
		_ = z.Close()
	case "form":
		h.Set("Content-Type", "application/x-www-form-urlencoded")
		return formOf(body)
	case "gzip_lie":
		h.Set("Content-Encoding", "gzip")
		return body
	default:
		return body
	}
	return out.Bytes()
}

// formOf writes the members of a JSON object as a form, as GitHub answers by default.
// Any other body stays what it is.
func formOf(body []byte) []byte {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber() // a number stays as it was written
	var members map[string]any
	if d.Decode(&members) != nil {
		return body
	}
	form := url.Values{}
	for name, value := range members {
		form.Set(name, match.Text(value))
	}
	return []byte(form.Encode())
}
