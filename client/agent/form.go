package agent

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// Form is a form of a page.
type Form struct {
	Action  *url.URL
	Method  string  // GET or POST
	Fields  []Field // without the buttons
	Buttons []Field
	Index   int // its place among the forms of the page

	from *url.URL
}

// Field is an input of a form, or a button.
type Field struct {
	Name, Type, Value string
	Checked           bool // of a check box or radio button
	Disabled          bool
}

// parse reads title, text and forms.
func (p *Page) parse() {
	root, err := html.Parse(bytes.NewReader(p.Body))
	if err != nil {
		return // x/net/html accepts anything that can be read at all
	}
	base := p.URL
	var text strings.Builder
	var walk func(n *html.Node, form *Form)
	walk = func(n *html.Node, form *Form) {
		switch {
		case n.Type == html.TextNode:
			text.WriteString(n.Data + " ")
		case n.Type == html.ElementNode:
			switch n.Data {
			case "script", "style", "template":
				return
			case "base":
				if u, err := resolve(p.URL, attr(n, "href")); err == nil {
					base = u
				}
			case "meta":
				if strings.EqualFold(attr(n, "http-equiv"), "refresh") && p.refresh == nil {
					p.refresh = refreshTarget(base, attr(n, "content"))
				}
			case "title":
				if n.FirstChild != nil {
					p.Title = strings.TrimSpace(n.FirstChild.Data)
				}
				return
			case "form":
				form = newForm(n, base, p.URL)
				form.Index = len(p.Forms)
				p.Forms = append(p.Forms, form)
			case "input", "button", "select", "textarea":
				if form != nil {
					form.add(n)
				}
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, form)
		}
	}
	walk(root, nil)
	p.Text = strings.Join(strings.Fields(text.String()), " ")
}

// refreshTarget is the address that a meta refresh leads to at once, nil where it
// waits longer than a second or leads nowhere (HTML standard, shared declarative
// refresh steps).
func refreshTarget(base *url.URL, content string) *url.URL {
	at := strings.IndexAny(content, ";,")
	if at < 0 {
		return nil // the same page again
	}
	delay, err := strconv.ParseFloat(strings.TrimSpace(content[:at]), 64)
	if err != nil || delay < 0 || delay > 1 {
		return nil
	}
	address := strings.TrimSpace(content[at+1:])
	if name, rest, found := strings.Cut(address, "="); found && strings.EqualFold(strings.TrimSpace(name), "url") {
		address = strings.TrimSpace(rest)
	}
	u, err := resolve(base, strings.Trim(address, `"'`))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return nil
	}
	return u
}

func newForm(n *html.Node, base, page *url.URL) *Form {
	f := &Form{Method: http.MethodGet, Action: page, from: page}
	if strings.EqualFold(attr(n, "method"), "post") {
		f.Method = http.MethodPost
	}
	if action := attr(n, "action"); action != "" {
		if u, err := resolve(base, action); err == nil {
			f.Action = u
		}
	}
	return f
}

func (f *Form) add(n *html.Node) {
	kind := strings.ToLower(attr(n, "type"))
	field := Field{Name: attr(n, "name"), Type: kind, Value: attr(n, "value"), Checked: hasAttr(n, "checked"), Disabled: hasAttr(n, "disabled")}
	switch n.Data {
	case "button":
		if kind == "" || kind == "submit" {
			f.Buttons = append(f.Buttons, field)
		}
		return
	case "textarea":
		if n.FirstChild != nil {
			field.Value = n.FirstChild.Data
		}
	case "select":
		field.Value = selectedValue(n)
	}
	switch kind {
	case "submit":
		f.Buttons = append(f.Buttons, field)
	case "button", "reset", "image", "file":
	case "checkbox", "radio":
		if field.Value == "" {
			field.Value = "on"
		}
		f.Fields = append(f.Fields, field)
	default:
		f.Fields = append(f.Fields, field)
	}
}

// selectedValue is the value of a select: its selected option, else the first.
func selectedValue(n *html.Node) string {
	var options []*html.Node
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode && n.Data == "option" {
			options = append(options, n)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(n)
	if len(options) == 0 {
		return ""
	}
	i := max(0, slices.IndexFunc(options, func(o *html.Node) bool { return hasAttr(o, "selected") }))
	if hasAttr(options[i], "value") {
		return attr(options[i], "value")
	}
	if options[i].FirstChild != nil {
		return strings.TrimSpace(options[i].FirstChild.Data)
	}
	return ""
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// values returns what the form sends without a button.
func (f *Form) values() url.Values {
	v := url.Values{}
	for _, field := range f.Fields {
		if field.Name == "" || field.Disabled || (field.Type == "checkbox" || field.Type == "radio") && !field.Checked {
			continue
		}
		v.Add(field.Name, field.Value)
	}
	return v
}

// button finds a button by name and, if value is not empty, value.
func (f *Form) button(name, value string) *Field {
	for i, b := range f.Buttons {
		if b.Name == name && (value == "" || b.Value == value) {
			return &f.Buttons[i]
		}
	}
	return nil
}

// pressedButton returns the button that is pressed, the zero one of a form without.
func (f *Form) pressedButton(button *Field) (Field, error) {
	switch {
	case button == nil && len(f.Buttons) == 0:
		return Field{}, nil
	case button == nil:
		button = &f.Buttons[0]
	}
	if button.Disabled {
		return Field{}, fmt.Errorf("agent: the button %s=%s is disabled", button.Name, button.Value)
	}
	return *button, nil
}

// submit sends a form with a button pressed, as Page.Submit says.
func (a *Agent) submit(ctx context.Context, f *Form, button *Field, set url.Values) (*Page, error) {
	b, err := f.pressedButton(button)
	if err != nil {
		return nil, err
	}
	v := f.values()
	for name, values := range set {
		v[name] = values
	}
	if b.Name != "" {
		v.Set(b.Name, b.Value)
	}
	if f.Method == http.MethodPost {
		return a.navigate(ctx, visit{method: http.MethodPost, url: f.Action, form: v, from: f.from})
	}
	to := *f.Action
	to.RawQuery = v.Encode()
	return a.navigate(ctx, visit{method: http.MethodGet, url: &to, from: f.from})
}

// selfSubmittingForm returns the form that a page with nothing else in it would send
// by script, such as an answer by form_post.
func (p *Page) selfSubmittingForm() *Form {
	if len(p.Forms) != 1 || !bytes.Contains(p.Body, []byte(".submit()")) {
		return nil
	}
	for _, f := range p.Forms[0].Fields {
		if f.Type != "hidden" {
			return nil
		}
	}
	return p.Forms[0]
}

// find returns the form with a button.
func (p *Page) find(name, value string) (*Form, *Field, error) {
	var offered []string
	for _, f := range p.Forms {
		if b := f.button(name, value); b != nil {
			return f, b, nil
		}
		for _, b := range f.Buttons {
			if b.Name == name {
				offered = append(offered, b.Value)
			}
		}
	}
	if len(offered) > 0 {
		return nil, nil, fmt.Errorf("agent: no %s %q on this page: want one of %s", name, value, strings.Join(offered, ", "))
	}
	return nil, nil, fmt.Errorf("agent: no %s to press: %w; it is %q, status %d: %s", name, errNoForm, p.Title, p.Status, shorten(p.Text))
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 200 {
		return string(r[:200]) + "…"
	}
	return s
}
