package witness

// Recovery is what must be true after the stimulus has gone.
type Recovery struct {
	Works *bool `json:"works,omitempty" short:"true" doc:"whether a plain sign-in works afterwards; default true"`
}

// Expected reports whether a plain sign-in must work afterwards.
func (r *Recovery) Expected() bool { return r == nil || r.Works == nil || *r.Works }

// NoteRecovery adds the result of a plain sign-in afterwards: why it did not work, ""
// if it did.
func (j *Judgement) NoteRecovery(why string) {
	if why != "" {
		j.addLapse(noRecovery, recovery, 0, "a plain sign-in does not work afterwards: %s", why)
		return
	}
	j.addNote(recovery, "a plain sign-in works afterwards")
}

// NoteLateRecovery adds that a plain sign-in works, and why not at once.
func (j *Judgement) NoteLateRecovery(how string) { j.addNote(recovery, "%s", how) }

// JudgeStart judges an app that did not start while the stimulus was armed. The
// document says whether that may be.
func (o *Outcome) JudgeStart(e *Evidence, why error) *Judgement {
	j := &Judgement{fails: o.Fails, saw: map[string][]string{}}
	o.Provider.judge(j, e, o.Browser.Canary)
	if o.App.MayRefuseStart {
		j.addNote(app, "it refuses to start: %s", why)
	} else {
		j.addLapse(noStart, app, 0, "it does not start: %s", why)
	}
	return j
}

// NoteStart adds whether the app starts afterwards, and whether a plain sign-in
// works then.
func (j *Judgement) NoteStart(err error, why string) {
	switch {
	case err != nil:
		j.addLapse(noStart, recovery, 0, "it does not start afterwards: %s", err)
	case why != "":
		j.addLapse(noRecovery, recovery, 0, "a plain sign-in does not work afterwards: %s", why)
	default:
		j.addNote(recovery, "it starts afterwards, and a plain sign-in works")
	}
}
