// Package bundled lets somebody use the bundled client app, and apps on the bundled
// client, as people do: in Chromium, and beside each persona. It is tests only.
package bundled
