// Package figures measures the command, each figure beside a floor that is measured in
// the same run (cmd/authdrill/internal/floor), and puts the provider under load. It is
// tests only.
package figures
