// Package figures benchmarks the command and puts the provider under load. Each
// figure is compared with a floor that is measured in the same run
// (cmd/authdrill/internal/floor). It has only tests.
package figures
