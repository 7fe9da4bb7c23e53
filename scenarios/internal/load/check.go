package load

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/drill"
)

// check reports references to clients, users and faults that do not exist, and clients
// and users that are never referred to. The root is the document with its fragments.
func (l *loader) check(s *drill.Scenario, root *strict.Node) strict.Problems {
	c := checker{s: s, root: root, texts: map[string]bool{}, catalogue: l.catalogue, subject: l.subject(s)}
	c.collectNames()
	c.collectTexts(reflect.ValueOf(s.Steps))
	c.collectTexts(reflect.ValueOf(s.Faults))
	c.checkName()
	c.checkClock()
	c.checkAttack()
	c.checkNotEmpty()
	c.checkContradictions()
	c.checkIneffective()
	for _, step := range s.Steps {
		c.checkStep(step)
	}
	c.checkResponses()
	c.checkPages()
	c.checkSwitches()
	c.checkOutcome()
	c.checkSubject()
	c.checkExample(l.examples)
	c.reportUnused("clients", "client", setup.ClientID)
	if s.Provider.SignIn != "auto" { // which signs in the first user without naming anybody
		c.reportUnused("users", "user", c.defaultUser())
	}
	return c.problems
}

// defaults is what every document is laid over. It is never written.
var defaults = sync.OnceValue(setup.Default)

type checker struct {
	subject   Subject
	catalogue Catalogue
	s         *drill.Scenario
	root      *strict.Node
	problems  strict.Problems

	clients, users, faults []string
	removed                map[string]*strict.Node // by what it is and its name
	namesClient            bool                    // a step has named a client
	texts                  map[string]bool         // every text of the steps and faults
}

func (c *checker) collectNames() {
	def := defaults()
	c.removed = map[string]*strict.Node{}
	c.clients = declaredNames(c, "client", def.Clients, c.s.Clients)
	c.users = declaredNames(c, "user", def.Users, c.s.Users)
	for _, step := range c.s.Steps {
		if step.Login != nil && step.Login.Claims != nil {
			c.users = append(c.users, step.Login.User)
		}
	}
	if laid := c.s.Stimulus; laid != nil {
		c.clients = slices.AppendSeq(c.clients, maps.Keys(laid.Clients))
		c.users = slices.AppendSeq(c.users, maps.Keys(laid.Users))
	}
	slices.Sort(c.clients)
	slices.Sort(c.users)
	c.clients, c.users = slices.Compact(c.clients), slices.Compact(c.users)
	for _, f := range c.s.Faults {
		c.faults = append(c.faults, f.ID)
	}
	for _, step := range c.s.Steps {
		if step.Fault != nil {
			c.faults = append(c.faults, step.Fault.ID)
		}
	}
	c.faults = slices.DeleteFunc(c.faults, func(id string) bool { return id == "" })
	slices.Sort(c.faults)
}

// declaredNames lists the clients or users that exist, and notes those that the
// document removes.
func declaredNames[V any](c *checker, what string, base, over map[string]*V) []string {
	out := slices.Sorted(maps.Keys(base))
	for name, v := range over {
		if v != nil {
			out = append(out, name)
			continue
		}
		n := c.root.Get(what + "s").Get(name)
		if c.removed[what+" "+name] = n; base[name] == nil && n != nil {
			reportLazily(&c.problems, func() strict.Problem {
				return n.KeyProblem(strict.Use, strict.Suggest(name, slices.Sorted(maps.Keys(base))), "no %s %q to remove", what, name)
			})
		}
	}
	return slices.DeleteFunc(out, func(name string) bool { return c.removed[what+" "+name] != nil })
}

// defaultUser returns the user of steps that name none, "" if they need a name.
func (c *checker) defaultUser() string {
	for _, s := range c.s.Steps {
		if s.SignIn != nil && s.SignIn.User == "" || s.Device != nil && s.Device.User == "" {
			return drill.DefaultUser
		}
	}
	return ""
}

// MaxName is the length of the longest name of a scenario, in bytes.
const MaxName = 1_000

// checkName refuses a name that no report and no path has room for.
func (c *checker) checkName() {
	if n := c.root.Get("scenario"); n != nil && len(c.s.Name) > MaxName {
		c.problems.Report(n.Problem(strict.Limit, "use shorter values", "the name has %d characters, with the values of its combination; at most %d are shown", len(c.s.Name), MaxName))
	}
}

func (c *checker) checkClock() {
	if c.s.Clock == "" || c.s.Clock == "real" {
		return
	}
	t, err := time.Parse(time.RFC3339, c.s.Clock)
	if err != nil {
		c.problems.Report(c.root.Get("clock").Problem(strict.Value,
			"write an instant like 2030-01-01T00:00:00Z, or real", "%q is not an instant", c.s.Clock))
	} else if err := clock.Reachable(t); err != nil {
		c.problems.Report(c.root.Get("clock").Problem(strict.Value, "", "%v", err))
	}
}

// checkNotEmpty refuses a scenario that can never fail because nothing happens in it.
func (c *checker) checkNotEmpty() {
	empty := func(n *strict.Node, hint, format string, args ...any) {
		c.problems.Report(n.KeyProblem(strict.Check, hint, format, args...))
	}
	if n := c.s.Node.Get("steps"); n != nil && n.Kind == strict.Sequence && len(n.Items) == 0 {
		empty(n, "the smallest is - sign_in: alice", "must not be empty: a scenario that does nothing cannot fail")
	}
	for _, s := range c.s.Steps {
		if s.Verify != nil && len(s.Verify.Journal)+len(s.Verify.Log) == 0 {
			empty(s.Node.Get("verify"), "name what must be in journal or log", "verify has nothing to verify")
		}
	}
}

// checkAttack checks the entries of the catalogue that are named. All of them at
// once are for an app: no provider can do everything wrong in one sign-in.
func (c *checker) checkAttack() {
	nodes := listItems(c.root.Get("attack"))
	for i, id := range c.s.Attack {
		n := nodes[i]
		switch {
		case strings.Contains(id, "${"), id == "all" && c.subject.App:
		case id == "all":
			c.problems.Report(n.Problem(strict.Use, "name an entry, or an app", "all entries at once are for app:"))
		default:
			if !c.catalogue.Knows(id) {
				reportLazily(&c.problems, func() strict.Problem {
					return n.Problem(strict.Use, c.catalogue.Nearest(id), "unknown entry %q in the failure catalogue", id)
				})
			}
		}
	}
}

// checkStep checks the members of a step that name a client, a user or a fault.
func (c *checker) checkStep(s *drill.Step) {
	verb := s.Verb()
	at := s.Node.Get(verb)
	v := reflect.ValueOf(s).Elem().FieldByNameFunc(func(name string) bool { return strings.EqualFold(name, strings.ReplaceAll(verb, "_", "")) })
	if v.Kind() == reflect.Pointer && v.Elem().Kind() == reflect.Struct {
		if !TakesAnyClient(c.s) {
			c.checkReference(at, v.Elem(), "Client", "client", c.clients)
		}
		c.checkReference(at, v.Elem(), "User", "user", c.users)
		c.checkDefaultUser(s, at, v.Elem())
	}
	if s.ClearFaults != nil && s.ClearFaults.ID != "" && !isKnown(c.faults, s.ClearFaults.ID) {
		c.refuseUnknown(member(at, "id"), "fault", s.ClearFaults.ID, c.faults)
	}
	if s.Set != nil {
		c.checkKeys(at.Get("clients"), "client", c.clients)
		c.checkKeys(at.Get("users"), "user", c.users)
	}
	c.checkVisible(s)
	if isProviderStep(s) {
		for _, key := range []string{"expect", "capture", "eventually"} {
			if n := s.Node.Get(key); n != nil {
				c.problems.Report(n.KeyProblem(strict.Check, "put it into a later step", "%s shows nothing to %s", verb, key))
			}
		}
	}
}

// isProviderStep reports whether the step happens inside the provider, unseen.
func isProviderStep(s *drill.Step) bool {
	return s.Advance != nil || s.Expire != "" || s.RotateKeys != nil || s.Fault != nil || s.ClearFaults != nil || s.Stimulus != "" ||
		s.RevokeGrant != nil || s.RestartProvider != nil || s.Set != nil
}

// TakesAnyClient reports whether the provider takes clients that are not registered,
// at least after one of the steps.
func TakesAnyClient(s *drill.Scenario) bool {
	const rule = "any-client"
	return slices.Contains(s.Provider.Lax, rule) || slices.ContainsFunc(s.Steps, func(step *drill.Step) bool {
		return step.Set != nil && step.Set.Provider != nil && slices.Contains(step.Set.Provider.Lax, rule)
	})
}

func member(n *strict.Node, name string) *strict.Node {
	if m := n.Get(name); m != nil {
		return m
	}
	return n
}

func (c *checker) checkReference(at *strict.Node, v reflect.Value, field, key string, known []string) {
	f := v.FieldByName(field)
	if !f.IsValid() || f.Kind() != reflect.String || f.String() == "" || strings.Contains(f.String(), "${") {
		return
	}
	if !isKnown(known, f.String()) {
		c.refuseUnknown(member(at, key), key, f.String(), known)
	}
}

// checkDefaultUser refuses a step that names no user, where the default user is
// removed.
func (c *checker) checkDefaultUser(s *drill.Step, at *strict.Node, v reflect.Value) {
	signsIn := s.SignIn != nil || s.Device != nil
	if f := v.FieldByName("User"); signsIn && f.IsValid() && f.String() == "" && c.removed["user "+drill.DefaultUser] != nil {
		c.refuseUnknown(at, "user", drill.DefaultUser, c.users)
	}
	f := v.FieldByName("Client")
	switch {
	case !f.IsValid() || f.Kind() != reflect.String:
	case f.String() != "":
		c.namesClient = true // and is meant by later steps that name none
	case !c.namesClient && c.removed["client "+setup.ClientID] != nil:
		c.refuseUnknown(at, "client", setup.ClientID, c.clients)
	}
}

// reportLazily adds a problem that is made only if it is kept: to search the nearest
// name takes long.
func reportLazily(to *strict.Problems, of func() strict.Problem) {
	if len(*to) >= strict.MaxProblems {
		to.Report(strict.Problem{}) // is counted
		return
	}
	to.Report(of())
}

func (c *checker) checkKeys(n *strict.Node, what string, known []string) {
	if n == nil {
		return
	}
	for _, e := range n.Entries {
		if !isKnown(known, e.Key.Text) {
			reportLazily(&c.problems, func() strict.Problem {
				return e.Value.KeyProblem(strict.Use, strict.Suggest(e.Key.Text, known), "unknown %s %q", what, e.Key.Text)
			})
		}
	}
}

func (c *checker) refuseUnknown(at *strict.Node, what, name string, known []string) {
	reportLazily(&c.problems, func() strict.Problem {
		if n := c.removed[what+" "+name]; n != nil && n != at {
			return at.Problem(strict.Use, strict.Suggest("", known), "unknown %s %q: line %d removes it", what, name, n.Key.Place().Line)
		}
		return at.Problem(strict.Use, strict.Suggest(name, known), "unknown %s %q", what, name)
	})
}

// isKnown reports whether a sorted list has a name.
func isKnown(sorted []string, name string) bool {
	_, found := slices.BinarySearch(sorted, name)
	return found
}

// manyItems is how many clients or users are data, of which no step is expected to
// name each: for a load, or a directory.
const manyItems = 100

// reportUnused reports clients or users that the document declares and no step names,
// unless they are a crowd.
func (c *checker) reportUnused(section, what, byDefault string) {
	n := c.root.Get(section)
	if n == nil || len(n.Entries) > manyItems {
		return
	}
	for _, e := range n.Entries {
		if e.Key.Text == byDefault || c.removed[what+" "+e.Key.Text] != nil || c.texts[e.Key.Text] || e.Value.Place().File != c.root.Place().File {
			continue
		}
		c.problems.Report(e.Value.KeyProblem(strict.Use, "name it in a step, or take it away", "the %s %q is never used", what, e.Key.Text))
	}
}

// collectTexts collects the texts of decoded steps, and the keys of `set`.
func (c *checker) collectTexts(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		c.texts[v.String()] = true
	case reflect.Interface, reflect.Pointer:
		if !v.IsNil() && v.Type() != reflect.TypeFor[*strict.Node]() {
			c.collectTexts(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() || f.Anonymous {
				c.collectTexts(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			c.collectTexts(v.Index(i))
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			c.texts[k.String()] = true
			c.collectTexts(v.MapIndex(k))
		}
	}
}

// checkContradictions reports settings that other settings make ineffective, and
// faults of steps and entries that never strike.
func (c *checker) checkContradictions() {
	whole := defaults()
	if !reflect.ValueOf(c.s.Setup).IsZero() {
		whole = whole.With(c.s.Setup)
		for _, p := range strict.ProblemsAt(c.root, whole.ContradictionOf(whole)) {
			c.problems.Report(p)
		}
	}
	provider := whole.Provider
	for _, step := range c.s.Steps {
		if step.Set != nil && step.Set.Provider != nil {
			provider = provider.With(*step.Set.Provider)
		}
		if step.Fault != nil {
			for _, p := range strict.ProblemsAt(step.Node.Get("fault"), setup.CheckFaults(&provider, *step.Fault)) {
				c.problems.Report(p)
			}
		}
	}
	nodes := listItems(c.root.Get("attack"))
	for i, id := range c.s.Attack {
		if stimulus, err := c.catalogue.Stimulus(id); err == nil {
			for _, p := range strict.ProblemsAt(nodes[i], setup.CheckFaults(&whole.Provider, stimulus.Faults...)) {
				c.problems.Report(p)
			}
		}
	}
}
