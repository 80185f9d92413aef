// Package docs holds those of the documents in this folder that the web app itself gives out. The others are for whoever reads
// them here, and a server that is far from this folder still has these: they are part of the program.
// It imports nothing of ours.
package docs

import _ "embed"

// API is the guide to the API.
//
//go:embed api.md
var API []byte
