// Package vocabulary has the registered names of OAuth and OpenID Connect: claims,
// parameters, metadata, header fields. They guard mappings whose keys are open: a
// key that is not among them may be used, unless it is so close to one that it is
// most likely a slip. Begin with Of.
package vocabulary
