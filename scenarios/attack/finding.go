package attack

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/scenarios"
	"github.com/authdrill/authdrill/scenarios/catalog"
)

// finding is a finding about an entry, without a verdict.
func finding(e *catalog.Entry) Finding {
	f := Finding{
		ID: e.ID, Group: e.Group, Severity: string(e.Severity), Title: e.Title,
		Provider: e.Provider, Client: e.Client, Why: e.Why, Remedy: e.Remedy, Sources: e.Sources,
	}
	for _, c := range e.Spec {
		f.Spec = append(f.Spec, string(c))
	}
	return f
}

func (f Finding) unexercised(reason string) Finding {
	f.Verdict, f.Reason = NotExercised, reason
	return f
}

func (f Finding) invalid(reason string) Finding {
	f.Verdict, f.Reason = Invalid, reason
	return f
}

// drillAt plays an entry at a site between two plain sign-ins: the control, that
// must work or nothing can be said, and the recovery, that must work again.
// However it ends, nothing stays armed.
func drillAt(ctx context.Context, s *site, e *catalog.Entry, f Finding) Finding {
	defer refresh(s)
	if strikes(e) && kept(e) == "" {
		if why := plain(ctx, s, "control"); why != "" {
			return f.invalid("a plain sign-in does not work before the stimulus: " + why)
		}
		refresh(s)
	}
	d := newDrill(e, s)
	defer d.trail.close()
	var lack errNotReached
	var refused errNotStarted
	switch err := d.play(ctx); {
	case errors.As(err, &lack):
		return f.unexercised(lack.Error())
	case errors.As(err, &refused) && ctx.Err() == nil && e.Stimulus != nil && d.struck():
		return d.judgeStart(ctx, f, refused)
	case err != nil:
		return f.invalid(err.Error())
	}
	j, err := d.judge(ctx)
	if err != nil {
		return f.invalid(err.Error())
	}
	f.Messages = d.messages()
	exercised := d.struck()
	refresh(s)
	if e.Expect.Recovers == nil || *e.Expect.Recovers {
		if why := plain(ctx, s, "recovery"); why != "" {
			j.complain(d.class(FailRobustness), "recovery", "a plain sign-in does not work afterwards: %s", why)
		} else {
			j.note("recovery", "a plain sign-in works afterwards")
		}
	}
	return f.conclude(e, j, exercised || e.Unmet || asks(e))
}

// strikes reports whether an entry has a moment before it strikes: what is only
// watched is its own control.
func strikes(e *catalog.Entry) bool {
	return e.Stimulus != nil || e.TLS != "" || slices.ContainsFunc(e.Play, func(m catalog.Move) bool { return m.Arm != nil })
}

// kept is what an entry is about that an app fetches once and keeps: metadata,
// keys, or nothing. A sign-in before would let its stimulus strike nothing.
func kept(e *catalog.Entry) string {
	if slices.ContainsFunc(e.Play, func(m catalog.Move) bool { return m.Arm != nil }) {
		return ""
	}
	if e.Stimulus == nil {
		if r := e.Expect.Requests; r.JWKS != nil || r.Discovery != nil {
			return "metadata"
		}
		return ""
	}
	if len(e.Stimulus.Provider.Metadata) > 0 {
		return "metadata"
	}
	for _, f := range e.Stimulus.Faults {
		switch {
		case f.At == protocol.Discovery, f.On == protocol.Metadata:
			return "metadata"
		case f.At == protocol.JWKSURI, f.On == protocol.KeySet, f.Tamper != nil && f.Tamper.SigningKey != "":
			return "keys"
		}
	}
	return ""
}

// rotates reports whether the provider changes its keys in an entry.
func rotates(e *catalog.Entry) bool {
	return slices.ContainsFunc(e.Play, func(m catalog.Move) bool { return m.Rotate != nil })
}

// asks reports whether an entry wants the app to ask for something: that it did
// not is then what is judged.
func asks(e *catalog.Entry) bool {
	return e.Expect.Requests.JWKS != nil || e.Expect.Requests.Discovery != nil
}

// refresh brings the providers back to how they were made.
func refresh(s *site) {
	if s.disarm != nil {
		s.disarm()
	}
	s.learn() // what was issued may be in what the app wrote
	for _, p := range s.providers {
		if p != nil {
			_ = p.Reset() // it cannot fail: what it fills in was good before
		}
	}
}

// plain signs alice in with nothing wrong, in a browser of its own, and says
// why that did not work.
func plain(ctx context.Context, s *site, name string) string {
	trail := newTrail(s)
	defer trail.close()
	b := newBrowser(name, s, trail)
	page, err := b.signIn(ctx, "alice", "first", false)
	if err != nil {
		return err.Error()
	}
	who, err := b.whoami(ctx)
	switch {
	case err != nil:
		return err.Error()
	case !who.signedIn:
		return fmt.Sprintf("it ended at %s with status %d, and %s", place(page), page.Status, who.answer())
	}
	return ""
}

// conclude is the verdict on what the witnesses said.
func (f Finding) conclude(e *catalog.Entry, j *judgement, exercised bool) Finding {
	for _, name := range []string{"provider", "user agent", "app", "recovery"} {
		if len(j.saw[name]) == 0 {
			continue
		}
		ok := !slices.ContainsFunc(j.complaints, func(c complaint) bool { return c.witness == name })
		f.Witnesses = append(f.Witnesses, Witness{Name: name, OK: ok, Saw: strings.Join(j.saw[name], "; ")})
	}
	var reasons []string
	f.Verdict = Pass
	for _, worst := range []Verdict{FailSecurity, FailRobustness, FailUX} {
		for _, c := range j.complaints {
			if c.verdict != worst {
				continue
			}
			if f.Verdict == Pass {
				f.Verdict = worst
			}
			reasons = append(reasons, c.text)
		}
	}
	f.Reason = strings.Join(reasons, "; ")
	switch {
	case !exercised:
		return f.unexercised("the stimulus never reached the app: it did not ask for what was changed")
	case f.Verdict == Pass && e.Record:
		f.Verdict, f.Reason = Tolerated, chosen(j)
	}
	return f
}

// chosen is what an app did where it had the choice.
func chosen(j *judgement) string {
	return strings.Join(append(slices.Clone(j.saw["app"]), j.saw["provider"]...), "; ")
}

// messages is the conversation since the stimulus was armed.
func (d *drill) messages() []scenarios.Message {
	var arrows []scenarios.Message
	for _, h := range d.trail.hops {
		answer := "no answer"
		if h.answered {
			answer = fmt.Sprint(h.status)
		}
		arrows = append(arrows,
			scenarios.Message{From: "browser", To: "client", Label: h.method + " " + h.url.Path, Detail: strings.Join(sortedKeys(h.url.Query()), " "), Seq: h.seq, Time: h.at},
			scenarios.Message{From: "client", To: "browser", Reply: true, Label: answer, Seq: h.seq, Time: h.at})
	}
	return scenarios.Conversation(d.site.provider().Journal().Entries(), arrows)
}

func sortedKeys[V any](m map[string]V) []string {
	var out []string
	for name := range m {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
