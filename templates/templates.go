// Package templates holds the pages. A page is a templ function that is given everything it shows: it reads no database
// and no request. Layout is around every page; a noun has a file with its page, its parts and its view model.
//
// Pages have no inline scripts or styles, because the browser is told to refuse them. The words follow the voice of the
// design: calm, second person, what happened, why, and what to do.
//
// The *_templ.go files are made by `go generate ./templates` and committed.
package templates

//go:generate go tool templ generate

// Problem is what an error page says.
type Problem struct {
	Status int
	// Title says what happened, Text what it means and what to do.
	Title, Text string
	// Request names the request in the log, for whoever asks for help.
	Request string
}
