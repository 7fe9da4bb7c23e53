package scenarios

// Generate is generate, for the test that keeps the schema current.
func Generate() ([]byte, error) { return generate() }
