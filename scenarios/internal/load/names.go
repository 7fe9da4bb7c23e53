package load

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/matrix"
)

// names knows what every ${name} of a scenario means, and when: in the
// combination that is read at the time.
type names struct {
	header
	combination matrix.Combination
	env         func(string) (string, bool)
	broken      bool // vars or matrix have problems of their own
	problems    strict.Problems

	declared map[string]*drill.Var // variables by what they take from the environment
	step     map[*strict.Node]int  // steps by their node, from 0
	ids      map[string]int        // step of an id
	captures map[string]int        // step of the first capture of a name
	captured []*strict.Node        // every capture
	held     map[string]bool       // names of the authorization responses that steps hold back
	entry    bool                  // the document is an entry of a failure catalogue

	suggested int // how often it was looked for what is nearest
}

func newNames(l *loader, h header, root *strict.Node, broken bool) *names {
	n := &names{
		header: h, env: l.env, broken: broken, declared: map[string]*drill.Var{},
		step: map[*strict.Node]int{}, ids: map[string]int{}, captures: map[string]int{},
		held: map[string]bool{}, entry: root.Get("entry") != nil,
	}
	for _, v := range h.Vars {
		if v != nil && v.Env != "" {
			n.declared[v.Env] = v
		}
	}
	steps := root.Get("steps")
	if steps == nil {
		return n
	}
	for i, item := range steps.Items {
		n.step[item] = i
		n.noteHeldResponse(item.Get("sign_in"))
		if id := item.Get("id"); id != nil {
			if first, twice := n.ids[id.Text]; twice {
				n.problems.Report(id.Problem(strict.Duplicate, "choose another", "step %d has the id %s already", first+1, id.Text))
			}
			n.ids[id.Text] = i
		}
		if capture := item.Get("capture"); capture != nil {
			for _, e := range capture.Entries {
				n.noteCapture(e, i)
			}
		}
	}
	return n
}

// noteHeldResponse notes the name of a response that a sign-in holds back.
func (n *names) noteHeldResponse(signIn *strict.Node) {
	if signIn == nil || signIn.Get("until") == nil {
		return
	}
	for _, key := range []string{"as", "browser"} {
		if name := signIn.Get(key); name != nil {
			n.held[name.Text] = true
			return
		}
	}
	n.held["main"] = true
}

func (n *names) noteCapture(e strict.Entry, step int) {
	name := e.Key.Text
	why := checkVariableName(name)
	if n.Vars[name] != nil {
		why = "is a variable already"
	}
	if why != "" {
		n.problems.Report(e.Value.KeyProblem(strict.Value, "", "%q %s", name, why))
		return
	}
	if e.Value.Kind == strict.Scalar {
		if message, hint := checkPath(e.Value.Text); message != "" {
			n.problems.Report(e.Value.Problem(strict.Variable, hint, "%s", message))
		}
	}
	n.captured = append(n.captured, e.Value)
	if _, had := n.captures[name]; !had {
		n.captures[name] = step
	}
}

// stepOf returns the number of the step that a node is in, -1 outside of steps, and
// its key of the scenario.
func (n *names) stepOf(node *strict.Node) (step int, section string) {
	for ; node != nil; node = node.Parent {
		if i, ok := n.step[node]; ok {
			return i, "steps"
		}
		if up := node.Parent; up != nil && up.Parent == nil {
			section, _, _ = strings.Cut(node.Path(), ".")
			section, _, _ = strings.Cut(section, "[")
		}
	}
	return -1, section
}

// resolve returns the value of a variable in one combination.
func (n *names) resolve(name string, at *strict.Node) strict.Resolution {
	step, section := n.stepOf(at)
	first, rest, _ := strings.Cut(name, ".")
	switch {
	case section == "include" || section == "vars":
		return strict.Resolution{Ignored: true} // reported where these are read
	case n.Vars[name] != nil:
		if n.broken {
			return strict.Resolution{Ignored: true}
		}
		return resolveVariable(n.Vars[name], n.env)
	case first == "matrix":
		if isStep(at) {
			return strict.Resolution{Refused: "a step cannot be a value of the matrix", Hint: "write the step, with the values that differ as ${matrix.axis}"}
		}
		return n.resolveAxis(rest)
	case first == "env":
		return n.resolveEnvironment(rest)
	case isTemplate(at):
		return n.resolveInTemplate(name, first, rest, step)
	case name == "issuer" && slices.Contains(sectionsWithIssuer(), section):
		return strict.Resolution{Deferred: true}
	case name == "canary" && (section == "stimulus" || step >= 0):
		return strict.Resolution{Deferred: true}
	case section == "app" && slices.Contains([]string{"client_id", "client_secret", "user"}, first):
		return strict.Resolution{Deferred: true}
	case step >= 0:
		return n.resolveRunning(name, first, rest, step)
	}
	return strict.Resolution{Refused: fmt.Sprintf("unknown variable ${%s}", name), Hint: n.suggest(name, section)}
}

// templates is where claims of tokens are set, in the set-up and in steps.
var templates = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:steps\[\d+\]\.set\.|stimulus\.)?(?:provider|clients|users)\.(?:.+\.)?(?:(?:access_token|id_token|userinfo)\.claims|scopes\..+\.claims)[.\[]`)
})

// isTemplate reports whether a text is a claim, in which the provider replaces
// variables when it makes a token.
func isTemplate(at *strict.Node) bool { return templates().MatchString(at.Path()) }

// resolveInTemplate leaves a name in a claim for the provider.
func (n *names) resolveInTemplate(name, first, rest string, step int) strict.Resolution {
	problem, hint := persona.CheckName(name)
	if _, captured := n.captures[name]; problem != "" && step >= 0 && (captured || first == "steps") {
		return n.resolveRunning(name, first, rest, step)
	}
	if problem != "" {
		return strict.Resolution{Refused: problem, Hint: hint}
	}
	return strict.Resolution{Text: "${" + name + "}"} // which reading escapes, and Expand brings back
}

// isStep reports whether a node is the list of steps or an item of it. The names and
// captures of steps are known before the matrix is filled in.
func isStep(at *strict.Node) bool {
	up := at.Parent
	return at.Path() == "steps" || up != nil && up.Path() == "steps"
}

func (n *names) resolveAxis(name string) strict.Resolution {
	if n.broken {
		return strict.Resolution{Ignored: true}
	}
	return n.combination.Resolve(name, n.nearest)
}

func (n *names) resolveEnvironment(name string) strict.Resolution {
	if v := n.declared[name]; v != nil {
		if n.broken {
			return strict.Resolution{Ignored: true}
		}
		return resolveVariable(v, n.env)
	}
	hint := fmt.Sprintf("declare it: vars: {%s: {env: %s}}", strings.ToLower(name), name)
	if n.suggested++; n.suggested > strict.MaxProblems {
		return strict.Resolution{Refused: fmt.Sprintf("no variable of vars takes the environment variable %s", name), Hint: hint}
	}
	if near, ok := strict.Nearest(name, slices.Sorted(maps.Keys(n.declared))); ok {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return strict.Resolution{Refused: fmt.Sprintf("no variable of vars takes the environment variable %s", name), Hint: hint}
}

// resolveRunning resolves a variable that has its value only while the steps run.
func (n *names) resolveRunning(name, first, rest string, step int) strict.Resolution {
	if taken, ok := n.captures[name]; ok {
		if taken >= step {
			return strict.Resolution{Refused: fmt.Sprintf("${%s} is captured only after step %d", name, taken+1), Hint: "use it in a later step"}
		}
		return strict.Resolution{Deferred: true}
	}
	if _, ok := n.held[first]; ok && rest != "" {
		return strict.Resolution{Deferred: true}
	}
	switch {
	case slices.Contains(n.namesInKeys(), name):
		return strict.Resolution{Deferred: true, InKeys: true}
	case first == "client_id" || first == "client_secret" || first == "app":
		return strict.Resolution{Deferred: true}
	case first == "steps":
		id, path, _ := strings.Cut(rest, ".")
		seen, ok := n.ids[id]
		switch {
		case !ok:
			return strict.Resolution{Refused: fmt.Sprintf("no step has the id %q", id), Hint: n.nearest(id, slices.Sorted(maps.Keys(n.ids)))}
		case seen >= step:
			return strict.Resolution{Refused: fmt.Sprintf("${%s} is seen only in step %d", name, seen+1), Hint: "use it in a later step"}
		}
		name = path
		fallthrough
	case slices.Contains(observations(), first):
		if message, hint := checkPath(name); message != "" {
			return strict.Resolution{Refused: message, Hint: hint}
		}
		return strict.Resolution{Deferred: true}
	}
	return strict.Resolution{Refused: fmt.Sprintf("unknown variable ${%s}", name), Hint: n.suggest(name, "steps"), NearInKeys: n.nearestInKeys(name)}
}

// namesInKeys returns the names that keys of a step may have too.
func (n *names) namesInKeys() []string {
	if n.entry {
		return []string{"return_to", "minted.access_token", "entry"}
	}
	return []string{"return_to", "minted.access_token"}
}

func (n *names) nearestInKeys(name string) string {
	near, _ := strict.Nearest(name, n.namesInKeys())
	return near
}

// nearest is strict.Suggest for as many problems as are shown: to compare thousands of
// names with thousands of others takes long.
func (n *names) nearest(name string, known []string) string {
	if n.suggested++; n.suggested > strict.MaxProblems {
		return ""
	}
	return strict.Suggest(name, known)
}

// suggest returns the remedy for an unknown name in a section of the document.
func (n *names) suggest(name, section string) string {
	if n.suggested >= strict.MaxProblems {
		return ""
	}
	known := slices.Collect(maps.Keys(n.Vars))
	for axis := range n.combination.Values {
		known = append(known, "matrix."+axis)
	}
	switch {
	case section == "steps":
		known = append(known, n.runtimeNames()...)
	case section == "stimulus":
		known = append(known, "issuer", "canary")
	case slices.Contains(sectionsWithIssuer(), section):
		known = append(known, "issuer")
	}
	if len(known) == 0 {
		return "write the value out, or declare it in vars"
	}
	slices.Sort(known)
	return n.nearest(name, known)
}

// sectionsWithIssuer returns the sections in which ${issuer} has a value.
func sectionsWithIssuer() []string {
	return []string{"provider", "clients", "users", "client", "faults", "app", "stimulus", "steps"}
}

// runtimeNames returns the names that have a value while the steps run.
func (n *names) runtimeNames() []string {
	known := append(slices.Collect(maps.Keys(n.captures)), observations()...)
	known = append(known, "steps", "client_id", "client_secret", "issuer", "canary")
	known = append(known, n.namesInKeys()...)
	for held := range n.held {
		known = append(known, held+".code", held+".state")
	}
	return known
}

// reportUnused reports variables and axes that the document declares, and no text of
// it or of its fragments refers to.
func (n *names) reportUnused(doc *strict.Node, root *strict.Node) strict.Problems {
	used := map[string]bool{}
	collectReferences(root, used)
	var out strict.Problems
	report := func(node *strict.Node, reference, what, name string) {
		if !used[reference] && node.Place().File == doc.Place().File {
			reportLazily(&out, func() strict.Problem {
				return node.KeyProblem(strict.Use, "use it, or take it away", "%s %q is never used", what, name)
			})
		}
	}
	for name, v := range n.Vars {
		if v != nil && v.Node != nil && !(v.Env != "" && used["env."+v.Env]) {
			report(v.Node, name, "the variable", name)
		}
	}
	if n.Matrix != nil {
		for _, a := range n.Matrix.Axes {
			reference := "matrix." + a.Name
			for name := range used {
				used[reference] = used[reference] || strings.HasPrefix(name, reference+".")
			}
			report(a.Node, reference, "the axis", a.Name)
		}
	}
	for _, node := range n.captured {
		name := node.Path()
		name = name[strings.LastIndexByte(name, '.')+1:]
		report(node, name, "the capture", name)
	}
	return out
}

// collectReferences gathers the names in all texts of a node.
func collectReferences(n *strict.Node, into map[string]bool) {
	for _, name := range strict.References(n.Text) {
		into[name] = true
	}
	for _, e := range n.Entries {
		collectReferences(e.Value, into)
	}
	for _, item := range n.Items {
		collectReferences(item, into)
	}
}
