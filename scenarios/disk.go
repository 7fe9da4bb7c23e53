package scenarios

import (
	"io/fs"
	"os"
)

// Disk is the machine's file system, where a path may begin with / or .. as on
// a command line, and is relative to the working directory otherwise.
type Disk struct{}

// Open opens a file for reading.
func (Disk) Open(name string) (fs.File, error) { return os.Open(name) }
