package verb

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/place"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/report"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/result"
)

// output is a report that was asked for; one without a file goes to standard
// output.
type output struct{ format, file string }

// outputs opens the files of the reports that were asked for, so that a file that
// cannot be written is an error at the start, not after minutes of work.
func outputs(reports, formats []string, example string) ([]output, error) {
	var out []output
	shown := 0
	for _, text := range reports {
		format, file, named := strings.Cut(text, "=")
		if !slices.Contains(formats, format) {
			return nil, failure.Usage(strict.Suggest(format, formats), "unknown report format %q", format)
		}
		switch {
		case !named:
			shown++
		case file == "":
			return nil, failure.Usage("write it as --report "+format+"=FILE", "--report %s names no file", text)
		case slices.ContainsFunc(out, func(o output) bool { return o.file == file }):
			return nil, failure.Usage("give each a file of its own", "two reports go to %s", file)
		default:
			if _, err := os.Stat(filepath.Dir(file)); err != nil {
				return nil, unwritten(format, err)
			}
		}
		out = append(out, output{format, file})
	}
	if shown > 1 {
		return nil, failure.Usage("give the others a file, as in --report "+example, "two reports cannot share standard output")
	}
	if shown == 0 {
		out = append(out, output{format: "text"})
	}
	return out, nil
}

// filesOf returns the files of reports.
func filesOf(outputs []output) []string {
	var out []string
	for _, o := range outputs {
		if o.file != "" {
			out = append(out, o.file)
		}
	}
	return out
}

func unwritten(format string, err error) error {
	return failure.Environmental("--report "+format+"=FILE names a file in a folder that exists", "cannot write the report: %s", failure.Reason(err))
}

// writeReport writes what is reported, results or a report card, in a format.
type writeReport func(w io.Writer, format string, options report.Options) error

func resultsReport(results []*result.Result) writeReport {
	return func(w io.Writer, format string, options report.Options) error {
		return report.Write(w, format, results, options)
	}
}

func cardReport(card *attack.Card) writeReport {
	return func(w io.Writer, format string, options report.Options) error {
		return report.WriteCard(w, format, card, options)
	}
}

// write writes the reports, but for the text on standard output, which is shown
// while it grows.
func (v *call) write(outputs []output, reported writeReport, options report.Options) error {
	for _, o := range outputs {
		if o == (output{format: "text"}) {
			continue
		}
		if err := v.writeOne(o, reported, options); err != nil {
			return err
		}
	}
	return nil
}

// writeOne writes one report. A file appears whole or not at all.
func (v *call) writeOne(o output, reported writeReport, options report.Options) error {
	if o.file == "" {
		if err := reported(v.Out, o.format, options); err != nil {
			return failure.Environmental("", "%s", err)
		}
		return nil
	}
	options.Color = false
	err := place.Place{Name: o.file}.Write(0o600, func(w io.Writer) error { return reported(w, o.format, options) })
	if err != nil {
		return unwritten(o.format, err)
	}
	return nil
}

// keep leaves what there is to look at after a failure. No flag names the folder:
// no link is followed there.
func (v *call) keep(reported writeReport, options report.Options) error {
	options.Color = false
	folder, err := place.Place{Below: ".", Name: keptFolder}.Folder()
	if err != nil {
		return keepError(err)
	}
	defer folder.Close()
	for _, format := range []string{"html", "json"} {
		err := folder.WriteFile("report."+format, 0o600, func(w io.Writer) error { return reported(w, format, options) })
		if err != nil {
			return keepError(err)
		}
	}
	v.Note("kept %s", filepath.Join(keptFolder, "report.html"))
	return nil
}

func keepError(err error) error {
	return failure.Environmental("remove what is in its place, or leave --keep out", "cannot keep the report in %s: %s", keptFolder, failure.Reason(err))
}

// The command that does something again is made of these texts, which a shell reads as
// they were given. Each begins with a space.

// argumentsText is the arguments of a command.
func argumentsText(args []string) string {
	out := ""
	for _, arg := range args {
		out += " " + report.Quoted(arg)
	}
	return out
}

// flagText is a flag with each of its values; "" where they are empty.
func flagText(name string, values ...string) string {
	out := ""
	for _, value := range values {
		if value != "" {
			out += " --" + name + " " + report.Quoted(value)
		}
	}
	return out
}

// seedText is the flag of a seed that was given.
func seedText(seed *uint64) string {
	if seed == nil {
		return ""
	}
	return flagText("seed", strconv.FormatUint(*seed, 10))
}
