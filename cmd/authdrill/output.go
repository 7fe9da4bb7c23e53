package main

import (
	"io"
	"os"
	"path/filepath"

	"github.com/authdrill/authdrill/scenarios"
	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/report"
)

// write writes one report. A file appears whole or not at all.
func (v *voice) write(o output, results []*scenarios.Result, options report.Options) error {
	if o.file == "" {
		if err := report.Write(v.out, o.format, results, options); err != nil {
			return environmental("", "%s", err)
		}
		return nil
	}
	options.Color = false
	if err := writeFile(o.file, func(w io.Writer) error { return report.Write(w, o.format, results, options) }); err != nil {
		return environmental("--report "+o.format+"=FILE names a file in a folder that exists", "cannot write the report: %s", reason(err))
	}
	return nil
}

// keep leaves what there is to look at after a failure.
func (v *voice) keep(results []*scenarios.Result, options report.Options) error {
	if err := os.MkdirAll(keptFolder, 0o755); err != nil {
		return environmental("", "%s", reason(err))
	}
	for _, o := range []output{{"html", "report.html"}, {"json", "report.json"}} {
		o.file = filepath.Join(keptFolder, o.file)
		if err := v.write(o, results, options); err != nil {
			return err
		}
	}
	v.note("kept %s", filepath.Join(keptFolder, "report.html"))
	return nil
}

// writeCard writes a report card.
func (v *voice) writeCard(o output, card *attack.Card, options report.Options) error {
	if o.file == "" {
		if err := report.WriteCard(v.out, o.format, card, options); err != nil {
			return environmental("", "%s", err)
		}
		return nil
	}
	options.Color = false
	if err := writeFile(o.file, func(w io.Writer) error { return report.WriteCard(w, o.format, card, options) }); err != nil {
		return environmental("--report "+o.format+"=FILE names a file in a folder that exists", "cannot write the report: %s", reason(err))
	}
	return nil
}
