package fault

// Encoding is how the body of an answer is encoded.
type Encoding string

// Values lists the encodings. There are no groups.
func (Encoding) Values(string) []string { return []string{"gzip", "gzip_lie", "utf-16", "bom", "form"} }
