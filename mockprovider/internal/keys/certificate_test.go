package keys

import (
	"fmt"
	"testing"
	"time"
)

// Whatever names a client asks for, a key keeps one certificate; the same name has the
// same certificate again.
func TestOneCertificateIsKept(t *testing.T) {
	r, _ := ring("a", 0)
	k, err := r.Active("RS256")
	if err != nil {
		t.Fatal(err)
	}
	since := time.Date(2030, 1, 1, 0, 0, 0, 5, time.UTC)
	first, err := k.certificate("realm", since)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := k.certificate("realm", since); err != nil || again != first {
		t.Error("it was made again", err)
	}
	for n := range 3 {
		c, err := k.certificate(fmt.Sprint(n), since)
		if err != nil || k.latest.Load() != c {
			t.Fatal(err)
		}
	}
	if again, err := k.certificate("realm", since); err != nil || !again.Equal(first) {
		t.Error("the certificate of a name has changed", err)
	}
}
