package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

type listValue []string

func (l *listValue) String() string { return strings.Join(*l, ",") }

// Clear takes back what a list has so far.
func (l *listValue) Clear() { *l = nil }

func (l *listValue) Get() any { return []string(*l) }
func (l *listValue) Set(s string) error {
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			*l = append(*l, part)
		}
	}
	return nil
}

type seedValue struct{ p **uint64 }

func (v seedValue) String() string {
	if v.p == nil || *v.p == nil {
		return ""
	}
	return strconv.FormatUint(**v.p, 10)
}
func (v seedValue) Get() any { return uint64(0) }
func (v seedValue) Set(s string) error {
	n, err := strconv.ParseUint(s, 10, 64)
	if err == nil {
		*v.p = &n
	}
	return err
}

type oneValue struct {
	p  *string
	of []string
}

func (v oneValue) String() string {
	if v.p == nil {
		return ""
	}
	return *v.p
}
func (v oneValue) Get() any { return *v.p }
func (v oneValue) Set(s string) error {
	if !slices.Contains(v.of, s) {
		return fmt.Errorf("%s is wanted", strings.Join(v.of, " or "))
	}
	*v.p = s
	return nil
}
