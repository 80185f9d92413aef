package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"couplet/internal/command"
	"couplet/internal/flow"
	"couplet/templates"
)

// ProblemDoc is why a request was refused (RFC 9457). Fix says what to do about it.
type ProblemDoc struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Fix    string `json:"fix"`
	// Request is the number under which the log knows the request.
	Request string `json:"request"`
	// Problems are the lines of a flow file that were refused.
	Problems []flow.Error `json:"problems,omitempty"`
}

// apiWords are the titles, texts and fixes of statuses that have no better ones.
var apiWords = map[int][3]string{
	http.StatusBadRequest:            {"The request cannot be read", "So nothing was done.", "Compare it with " + apiPath + "/openapi.json."},
	http.StatusForbidden:             {"This was not sent from here", "A browser sent it from a page of another site, so nothing was done.", "Use the API from a program."},
	http.StatusNotFound:              {"There is nothing here", "The address may be mistyped, or what was here is gone, or is in another workspace than that of the token.", "See " + apiPath + "/openapi.json for what there is."},
	http.StatusMethodNotAllowed:      {"That cannot be done here", "This address exists, but not for this kind of request.", "The header Allow names those that it takes."},
	http.StatusConflict:              {"That cannot be done as things are now", "So nothing was done.", "Look at how things are, then decide again."},
	http.StatusRequestEntityTooLarge: {"That was too much", "The request is larger than 1 MB, so it was not read.", "Send less at once."},
	http.StatusUnsupportedMediaType:  {"That type of body is not read here", "So nothing was done.", "The header Accept-Post names those that are."},
	http.StatusUnauthorized:          {"This takes a token", "The request carries no token, or one that has ended, was revoked, or never was.", "Make a token under Settings, and send it as the header Authorization: Bearer " + tokenPrefix + "…"},
	http.StatusTooManyRequests:       {"Too many requests", "The request was not carried out.", "Wait as many seconds as Retry-After says, then send it again."},
	http.StatusUnprocessableEntity:   {"That cannot be meant", "So nothing was done.", "Compare it with " + apiPath + "/openapi.json."},
	http.StatusServiceUnavailable:    {"Not ready", "Couplet is starting, stopping or waiting for its database.", "Try again in a moment."},
	http.StatusInternalServerError:   {"Something went wrong in Couplet", "The cause is in the log under the number of this request.", "Try again; if it stays so, give that number to whoever runs this installation."},
}

// isRefused finds a refusal of package command, and what it is as an answer.
func isRefused(err error, as **Error) bool {
	var r *command.Refusal
	if !errors.As(err, &r) {
		return false
	}
	status := map[command.Kind]int{command.NotThere: http.StatusNotFound, command.NotNow: http.StatusConflict, command.NotMeant: http.StatusUnprocessableEntity}[r.Kind]
	e := &Error{Status: status, Text: inSentence(r.What), Err: err}
	if r.Request != "" {
		e.Fix = inSentence(r.Request)
	}
	*as = e
	return true
}

// showProblem writes problem JSON.
func showProblem(c echo.Context, e *Error, p templates.Problem) error {
	w, ok := apiWords[p.Status]
	if !ok {
		w = [3]string{p.Title, p.Text, "See " + apiPath + "/openapi.json for what there is."}
	}
	d := ProblemDoc{Type: problemType(p.Status), Title: w[0], Status: p.Status, Detail: w[1], Fix: w[2], Request: p.Request, Problems: e.Lines}
	for part, better := range map[*string]string{&d.Title: e.Title, &d.Detail: e.Text, &d.Fix: e.Fix} {
		if better != "" {
			*part = better
		}
	}
	body, err := json.Marshal(d)
	if err != nil {
		return err
	}
	if c.Request().Method == http.MethodHead {
		c.Response().Header().Set(echo.HeaderContentType, "application/problem+json")
		return c.NoContent(p.Status)
	}
	return c.Blob(p.Status, "application/problem+json", body)
}

// problemType names the kind of a problem: the words of its status.
func problemType(status int) string {
	return "urn:couplet:problem:" + strings.ReplaceAll(strings.ToLower(http.StatusText(status)), " ", "-")
}
