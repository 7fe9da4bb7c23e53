// Package bundled tests the bundled client app, and apps that use the bundled
// client: attacked in Chromium, and with each persona. It has only tests.
package bundled
