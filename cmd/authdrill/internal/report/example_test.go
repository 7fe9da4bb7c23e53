package report_test

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/report"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/result"
)

func ExampleWrite() {
	results := []*result.Result{
		{Name: "happy login with PKCE", Outcome: result.Passed, Duration: 12 * time.Millisecond, Seed: 7},
		{
			Name: "the user denies consent", Outcome: result.Failed, Duration: 9 * time.Millisecond, Seed: 7,
			Place: strict.Place{File: "denial.yaml", Line: 1, Column: 1},
			Steps: []result.Step{{Number: 4, Verb: "callback", Ran: true, Failures: []result.Failure{{
				Place: strict.Place{File: "denial.yaml", Line: 7, Column: 38}, Source: "    expect: {client: {outcome: rejected, error: access_denied}}",
				Path: "client.error", Want: "access_denied", Got: "invalid_request", Spec: "RFC6749#4.1.2.1",
			}}}},
		},
	}
	if err := report.Write(os.Stdout, "text", results, report.Options{Duration: 21 * time.Millisecond}); err != nil {
		fmt.Println(err)
	}
	// Output:
	//  ✓ happy login with PKCE                                      12 ms
	//  ✗ the user denies consent                                     9 ms
	//      denial.yaml:7:38   step 4 · callback
	//        7 |     expect: {client: {outcome: rejected, error: access_denied}}
	//          |                                      ^ client.error: want access_denied, got invalid_request
	//      RFC 6749 §4.1.2.1
	//      again: authdrill run denial.yaml --run '^the user denies consent$' --seed 7
	//  2 scenarios, 1 passed, 1 failed, 0 skipped · 0.02 s · seed 7
}

// A run that takes a while is shown while it goes on.
func ExampleNewText() {
	text := report.NewText(os.Stdout, report.Options{Duration: time.Second})
	text.Result(&result.Result{Name: "the first", Outcome: result.Passed, Duration: 12 * time.Millisecond})
	text.Result(&result.Result{Name: "the second", Outcome: result.Skipped, Reason: "not today"})
	if err := text.Close(); err != nil {
		fmt.Println(err)
	}
	// Output:
	//  ✓ the first                                                  12 ms
	//  ○ the second                                                     –
	//      skipped: not today
	//  2 scenarios, 1 passed, 0 failed, 1 skipped · 1.00 s · seed 0
}

func ExampleSequence() {
	svg := report.Sequence([]result.Message{
		{Step: 1, From: "client", To: "provider", Label: "POST /token", Time: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)},
		{Step: 1, From: "provider", To: "client", Label: "503", Reply: true, Fault: "respond 503", Time: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)},
	})
	fmt.Println(strings.Count(svg, `class="head"`), "lifelines;", strings.Count(svg, "stroke-dasharray"), "dashed arrow")
	// Output: 2 lifelines; 1 dashed arrow
}

func ExampleWrite_markdown() {
	results := []*result.Result{{Name: "happy login with PKCE", Spec: []string{"RFC7636"}, Outcome: result.Passed, Duration: 12 * time.Millisecond, Seed: 7}}
	if err := report.Write(os.Stdout, "markdown", results, report.Options{}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// ## ✅ authdrill: 1 scenario, 1 passed, 0 failed, 0 skipped
	//
	// 0.01 s · seed 7
	//
	// | | scenario | proves | time |
	// |---|---|---|---:|
	// | ✓ | happy login with PKCE | [RFC 7636](https://www.rfc-editor.org/rfc/rfc7636) | 12 ms |
}

func ExampleFormats() {
	fmt.Println(report.Formats())
	// Output: [text junit tap json ndjson html sarif github markdown]
}
