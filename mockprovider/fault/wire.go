package fault

import "errors"

// Wire sends the true answer otherwise than servers usually do: what is legal
// must not disturb a client, and what is a lie must not bring it down.
type Wire struct {
	Version       string            `json:"version,omitempty" enum:"1.0" doc:"answer in HTTP/1.0: no length, and the end of the connection is the end of the body (RFC 9112 section 6.3)"`
	Status        int               `json:"status,omitempty" min:"200" max:"599" doc:"answer with this status (RFC 9110 section 15)"`
	Informational int               `json:"informational,omitempty" min:"100" max:"199" doc:"send this status first, like 100 or 103, and then the answer (RFC 9110 section 15.2)"`
	Trailers      map[string]string `json:"trailers,omitempty" vocab:"header" doc:"send the body in chunks, and these fields behind it (RFC 9110 section 6.5)"`
	Headers       map[string]string `json:"headers,omitempty" vocab:"header" doc:"response headers, in place of those of the same name; Set-Cookie is added (RFC 9110 section 6.3)"`
	HeaderPad     int               `json:"header_pad,omitempty" min:"1" max:"1048576" doc:"a further header of so many bytes (RFC 9110 section 5.4)"`
	Encode        Encoding          `json:"encode,omitempty" doc:"the body in this encoding; gzip_lie: said to be compressed, and not; bom: UTF-8 with a byte order mark; form: a JSON object as a form (RFC 9110 section 8.4, RFC 8259 section 8.1)"`
	GoAway        bool              `json:"goaway,omitempty" doc:"announce while the answer is under way that the connection ends after it: GOAWAY of HTTP/2, Connection close of HTTP/1.1 (RFC 9113 section 6.8, RFC 9112 section 9.6)"`
	LengthOff     int               `json:"length_off,omitempty" min:"-1048576" max:"1048576" doc:"how many bytes the announced length is too long or, below 0, too short (RFC 9112 section 6.3)"`
}

func (w *Wire) describe() string { return "wire " + inJSON(w) }

func (w *Wire) check(*Fault) error {
	raw := 0
	for _, set := range []bool{w.Version != "", w.Informational != 0, len(w.Trailers) > 0, w.LengthOff != 0, w.GoAway} {
		if set {
			raw++
		}
	}
	switch {
	case raw > 1:
		return errors.New("wire writes an answer in one way: keep one of version, informational, trailers, goaway and length_off")
	case raw == 0 && w.Status == 0 && len(w.Headers) == 0 && w.HeaderPad == 0 && w.Encode == "":
		return errors.New("wire is empty: say status, version, informational, trailers, headers, header_pad, encode, goaway or length_off")
	case w.Informational == 101:
		return errors.New("informational: 101 ends HTTP on the connection (RFC 9110 section 15.2.2): use 100, 102 or 103")
	}
	return nil
}
