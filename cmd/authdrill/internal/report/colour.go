package report

func (t *Text) red(s string) string    { return t.colour("31", s) }
func (t *Text) green(s string) string  { return t.colour("32", s) }
func (t *Text) yellow(s string) string { return t.colour("33", s) }
func (t *Text) bold(s string) string   { return t.colour("1", s) }
func (t *Text) dim(s string) string    { return t.colour("2", s) }

func (t *Text) colour(code, s string) string {
	if !t.o.Color || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}
