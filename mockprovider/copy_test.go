package mockprovider

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/internal/deepcopy"
	"github.com/authdrill/authdrill/mockprovider/internal/dialectfile"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// spread writes something into every member that can be reached from v, and
// changes what is there in place: through pointers, in the arrays behind slices
// and in maps, however deep. What is missing is made. Numbers and texts differ
// from those of another salt.
func spread(v reflect.Value, salt int) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + strconv.Itoa(salt))
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int, reflect.Int64:
		v.SetInt(v.Int() + int64(salt))
	case reflect.Uint8:
		v.SetUint(v.Uint() + 1)
	case reflect.Float64:
		v.SetFloat(v.Float() + float64(salt))
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		spread(v.Elem(), salt)
	case reflect.Struct:
		for i := range v.NumField() {
			shared := slices.Contains([]reflect.Type{reflect.TypeFor[*dialectfile.Dialect](), reflect.TypeFor[*strict.Node]()}, v.Field(i).Type())
			if v.Type().Field(i).IsExported() && !shared {
				spreadField(v.Field(i), v.Type().Field(i), salt)
			}
		}
	case reflect.Slice:
		if raw, ok := v.Addr().Interface().(*json.RawMessage); ok {
			spreadJSON(raw, salt)
			return
		}
		if v.Len() == 0 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 4))
		}
		for i := range v.Len() {
			spread(v.Index(i), salt)
		}
	case reflect.Map:
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
			v.SetMapIndex(reflect.ValueOf("one"), reflect.New(v.Type().Elem()).Elem())
		}
		for _, name := range v.MapKeys() {
			value := reflect.New(v.Type().Elem()).Elem()
			value.Set(v.MapIndex(name))
			spread(value, salt)
			v.SetMapIndex(name, value)
		}
	case reflect.Interface:
		if v.IsNil() {
			v.Set(reflect.ValueOf(map[string]any{"list": []any{"a", map[string]any{"b": 1}}, "texts": []string{"c"}, "pointer": new(int)}))
		}
		value := reflect.New(v.Elem().Type()).Elem()
		value.Set(v.Elem())
		spread(value, salt)
		v.Set(value)
	}
}

// spreadJSON changes the number of {"n":0} in place.
func spreadJSON(raw *json.RawMessage, salt int) {
	if len(*raw) != len(`{"n":0}`) {
		*raw = json.RawMessage(`{"n":0}`)
	}
	digit := &(*raw)[len(`{"n":`)]
	*digit = byte('0' + (int(*digit-'0')+salt)%10)
}

// spreadField spreads a member, which may have some values only.
func spreadField(v reflect.Value, f reflect.StructField, salt int) {
	if values := strict.ValuesOf(f); len(values) > 0 {
		choose(v, values, salt)
		return
	}
	spread(v, salt)
}

// choose writes one of its values into a member, or into the items of a list.
func choose(v reflect.Value, values []string, salt int) {
	if v.Kind() == reflect.Slice {
		if v.Len() == 0 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 4))
		}
		for i := range v.Len() {
			choose(v.Index(i), values, salt)
		}
		return
	}
	at := max(0, slices.Index(values, v.String()))
	v.SetString(values[(at+salt)%len(values)])
}

// whole is a value with something in every member.
func whole[T any](salt int) *T {
	v := new(T)
	spread(reflect.ValueOf(v).Elem(), salt)
	return v
}

// TestCopiesShareNothing: whatever a copy of a user, a client, a persona or a
// setup leads to can be changed, and the original stays as it was. It walks over
// all members, so one that is added is not forgotten.
func TestCopiesShareNothing(t *testing.T) {
	check := func(name string, original, same, copied any) {
		t.Helper()
		if !reflect.DeepEqual(copied, same) {
			t.Errorf("%s: the copy is another: %+v, want %+v", name, copied, same)
		}
		spread(reflect.ValueOf(copied).Elem(), 2)
		if !reflect.DeepEqual(original, same) {
			t.Errorf("%s: a change of the copy is seen in the original:\n%+v\n%+v", name, original, same)
		}
	}
	u := whole[store.User](1)
	check("user", u, whole[store.User](1), u.Clone())
	c := whole[store.Client](1)
	check("client", c, whole[store.Client](1), c.Clone())
	p := whole[persona.Persona](1)
	cloned := p.Clone()
	check("persona", p, whole[persona.Persona](1), &cloned)
	s := whole[setup.Setup](1)
	deep := deepcopy.Of(*s)
	check("setup", s, whole[setup.Setup](1), &deep)

	s.Clients["one"].ID, s.Users["one"].Login, s.Provider.Name = "one", "one", "spec"
	want := deepcopy.Of(s)
	complete := s.Complete()
	check("Complete", s, want, &complete)
	over := *whole[setup.Setup](3)
	over.Provider.Name = ""
	laid := s.With(over)
	spread(reflect.ValueOf(&laid).Elem(), 2)
	if same := whole[setup.Setup](3); !reflect.DeepEqual(over.Users, same.Users) || !reflect.DeepEqual(over.Faults, same.Faults) || !reflect.DeepEqual(s, want) {
		t.Errorf("With: a change of the result is seen in what it was made of:\n%+v\n%+v", s, over)
	}
}

// opaque leaves out of a client's or user's tokens what only JWTs have, where they are
// opaque.
func opaque(a *persona.AccessToken) {
	if a.Format == "opaque" {
		a.Typ, a.SigningAlg = "", ""
	}
}

// coherent makes a client one that can be registered: of members that exclude each
// other one is left.
func coherent(c *store.Client) {
	for _, list := range [][]string{c.RedirectURIs, c.PostLogoutRedirectURIs} {
		for n, uri := range list {
			list[n] = "https://app.example/" + strings.TrimPrefix(uri, "https://app.example/")
		}
	}
	opaque(&c.AccessToken)
	c.GrantTypes = slices.DeleteFunc(c.GrantTypes, func(g protocol.Grant) bool { return !slices.Contains(protocol.UsualGrants(), g) })
	c.JWKSURI, c.AuthMethod, c.AuthSigningAlg, c.ResponseTypes = "", protocol.PrivateKeyJWT, "", nil
}

// edits are the members of a struct that can be edited, each with a value that
// has only that member changed, in place.
func edits[T any](original func() *T) map[string]*T {
	out := map[string]*T{}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		if f.Name == "ID" || f.Name == "Login" || f.Name == "Node" {
			continue // the name that it is known by, and where it was read
		}
		v := original()
		spreadField(reflect.ValueOf(v).Elem().FieldByIndex(f.Index), f, 2)
		out[f.Name] = v
	}
	return out
}

// TestResetRestoresEveryMember edits each member of a user and of a client over
// the control API, in Go and as a step of a scenario does, and expects a reset to
// bring it back, here and at no other issuer.
func TestResetRestoresEveryMember(t *testing.T) {
	user, client := whole[store.User](1), whole[store.Client](1)
	user.Login, client.ID = "dora", "web"
	coherent(client)
	h, r := newRemote(t)
	s := setup.Setup{Users: map[string]*store.User{"dora": user}, Clients: map[string]*store.Client{"web": client}}
	op, err := h.Create("one", s)
	if err != nil {
		t.Fatal(err)
	}
	other, err := h.Create("other", s)
	if err != nil {
		t.Fatal(err)
	}
	find := func(p *Provider) (u *store.User, c *store.Client) {
		for _, x := range p.Users() {
			if x.Login == "dora" {
				u = x
			}
		}
		for _, x := range p.Clients() {
			if x.ID == "web" {
				c = x
			}
		}
		return u, c
	}
	wantUser, wantClient := find(op)
	check := func(what string) {
		t.Helper()
		for _, p := range []*Provider{op, other} {
			if p == op {
				if err := p.Reset(); err != nil {
					t.Fatal(err)
				}
			}
			if u, c := find(p); !reflect.DeepEqual(u, wantUser) || !reflect.DeepEqual(c, wantClient) {
				t.Fatalf("%s, then reset, at %q:\n%+v %+v\nwant\n%+v %+v", what, p.name, u, c, wantUser, wantClient)
			}
		}
	}
	body := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for name, u := range edits(func() *store.User { u, _ := find(op); return u }) {
		check("user edited in place: " + name)
		opaque(&u.AccessToken)
		if err := op.SetUser(*u); err != nil {
			t.Fatal(err)
		}
		spread(reflect.ValueOf(u).Elem(), 3) // what the caller keeps
		check("SetUser: " + name)
		opaque(&u.AccessToken)
		if err := op.Overlay(setup.Setup{Users: map[string]*store.User{"dora": u}}); err != nil {
			t.Fatal(err)
		}
		check("Overlay: user " + name)
		u.Login, u.Claims = "", nil // claims that are no JSON cannot be sent
		if status, answer := r.do(http.MethodPut, "/t/one/_/api/users/dora", body(u)); status != http.StatusNoContent {
			t.Fatal(status, answer)
		}
		check("PUT: user " + name)
	}
	for name, c := range edits(func() *store.Client { _, c := find(op); return c }) {
		coherent(c)
		check("client edited in place: " + name)
		if err := op.SetClient(*c); err != nil {
			t.Fatal(err)
		}
		spread(reflect.ValueOf(c).Elem(), 3)
		coherent(c)
		check("SetClient: " + name)
		c.ID = "web"
		if err := op.Overlay(setup.Setup{Clients: map[string]*store.Client{"web": c}}); err != nil {
			t.Fatal(err)
		}
		check("Overlay: client " + name)
	}
	sent := store.Client{RedirectURIs: []string{"http://127.0.0.1/elsewhere"}, Name: "another"}
	if status, answer := r.do(http.MethodPut, "/t/one/_/api/clients/web", body(sent)); status != http.StatusNoContent {
		t.Fatal(status, answer)
	}
	check("PUT: client")
	spread(reflect.ValueOf(user).Elem(), 4) // the caller's own, of which both were made
	spread(reflect.ValueOf(client).Elem(), 4)
	check("the setup that was given")
	persona := op.Persona()
	want := deepcopy.Of(persona)
	spread(reflect.ValueOf(&persona).Elem(), 5)
	if got := op.Persona(); !reflect.DeepEqual(got, want) {
		t.Errorf("a change of what Persona returned is seen: %+v, want %+v", got, want)
	}
	op.Client().RedirectURIs = []string{"http://127.0.0.1/elsewhere"}
	op.Client().Secret = "another"
	if op.Client().Secret != setup.ClientSecret {
		t.Error("a change of what Client returned is seen")
	}
}
