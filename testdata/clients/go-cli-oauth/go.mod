module example.test/go-cli-oauth

go 1.26.0

require github.com/cli/oauth v1.2.2

require (
	github.com/cli/browser v1.0.0 // indirect
	github.com/cli/safeexec v1.0.0 // indirect
)
