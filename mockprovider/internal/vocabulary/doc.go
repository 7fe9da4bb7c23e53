// Package vocabulary has the registered names of OAuth and OpenID Connect: claims,
// parameters, metadata, header fields. It guards mappings that allow any key: a key
// that is almost a registered name is refused as a probable misspelling. Begin with
// Of.
package vocabulary
