package redact

import (
	"cmp"
	"iter"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// needle is one form in which a secret may appear.
type needle struct {
	text, tag string
	encoded   bool // a part of base64: what is around it belongs to it
}

// index finds needles at a place of a text, in a time that does not grow with
// their number: a stranger's file may hold thousands that begin alike. The zero
// index is empty. It is written by one caller at a time, and then read by many.
type index struct {
	begins  []uint64            // a bit for the first two bytes of each needle, once there is one
	lengths [prefixLength]bool  // of the needles in short
	short   map[string]needle   // those of fewer bytes than are enough, by their texts
	long    map[string][]needle // the others by as many as are enough, in order

	sorting sync.Mutex
	cut     []needle // those that a text may show a part of: not encoded; in order once sorted
	sorted  bool
}

func (x *index) isEmpty() bool { return x.begins == nil }

// needles visits every needle.
func (x *index) needles() iter.Seq[needle] {
	return func(yield func(needle) bool) {
		for _, n := range x.short {
			if !yield(n) {
				return
			}
		}
		for _, alike := range x.long {
			for _, n := range alike {
				if !yield(n) {
					return
				}
			}
		}
	}
}

// add keeps a needle where it is looked up. The first one of a text stays.
func (x *index) add(n needle) {
	if len(n.text) < minNeedleLength {
		return
	}
	if x.isEmpty() {
		x.begins, x.short, x.long = make([]uint64, 1<<16/64), map[string]needle{}, map[string][]needle{}
	}
	if len(n.text) < prefixLength {
		if _, ok := x.short[n.text]; ok {
			return
		}
		x.short[n.text], x.lengths[len(n.text)] = n, true
	} else {
		key := n.text[:prefixLength]
		at, ok := slices.BinarySearchFunc(x.long[key], n.text, compareText)
		if ok {
			return
		}
		x.long[key] = slices.Insert(x.long[key], at, n)
	}
	if !n.encoded {
		x.cut, x.sorted = append(x.cut, n), false
	}
	pair := pairOf(n.text[0], n.text[1])
	x.begins[pair/64] |= 1 << (pair % 64)
}

// mayBegin reports whether a needle may begin with two bytes. It is asked at every
// place of a text.
func (x *index) mayBegin(a, b byte) bool {
	pair := pairOf(a, b)
	return x.begins[pair/64]&(1<<(pair%64)) != 0
}

func compareText(n needle, text string) int { return cmp.Compare(n.text, text) }

func pairOf(a, b byte) uint { return uint(a)<<8 | uint(b) }

// longestMatch returns the needle that a text begins with, and the length of the
// match: the whole needle, at least prefixLength of it, or the part before an
// ellipsis. The longest match wins. The length is 0 if no needle matches.
func (x *index) longestMatch(text string) (needle, int) {
	if len(text) >= prefixLength {
		if alike := x.long[text[:prefixLength]]; len(alike) > 0 {
			return nearestNeedle(alike, text)
		}
	}
	best, length := x.beforeEllipsis(text)
	for n := min(prefixLength-1, len(text)); n >= minNeedleLength && n > length; n-- {
		if x.lengths[n] {
			if found, ok := x.short[text[:n]]; ok {
				return found, n
			}
		}
	}
	return best, length
}

// nearestNeedle returns the needle that has most in common with a text: it is one of
// the two between which the text belongs.
func nearestNeedle(alike []needle, text string) (best needle, length int) {
	at, _ := slices.BinarySearchFunc(alike, text, compareText)
	for _, n := range alike[max(0, at-1):min(len(alike), at+1)] {
		if same := commonPrefix(n.text, text); same > length {
			best, length = n, same
		}
	}
	return best, length
}

// tagged is what follows the first characters in a tag of mask.Tag.
var tagged = regexp.MustCompile("^…[0-9a-f]{8}")

// beforeEllipsis returns the needle that begins with all of a text before its
// ellipsis.
func (x *index) beforeEllipsis(text string) (needle, int) {
	length := strings.Index(text[:min(len(text), prefixLength+len("…"))], "…")
	if length < minNeedleLength || tagged.MatchString(text[length:]) {
		return needle{}, 0
	}
	x.sorting.Lock()
	defer x.sorting.Unlock()
	if !x.sorted {
		slices.SortFunc(x.cut, func(a, b needle) int { return cmp.Compare(a.text, b.text) })
		x.sorted = true
	}
	at, _ := slices.BinarySearchFunc(x.cut, text[:length], compareText)
	if at < len(x.cut) && strings.HasPrefix(x.cut[at].text, text[:length]) {
		return x.cut[at], length
	}
	return needle{}, 0
}

// commonPrefix returns how many bytes at their beginning two texts have in common.
func commonPrefix(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}
