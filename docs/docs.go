// Package docs holds the documents of this folder, so that a server that is far from it still has them: they are part of the
// program, and the help of the web app leads to them.
// It imports nothing of ours.
package docs

import "embed"

// API is the guide to the API.
//
//go:embed api.md
var API []byte

// All are all documents of this folder, by the names of their files.
//
//go:embed *.md
var All embed.FS
