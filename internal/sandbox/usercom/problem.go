package usercom

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// Problem is a refusal: the HTTP status and the body that explains it. The
// bodies are those of section 5; all but the 429 are inferred there.
type Problem struct {
	Status int
	Body   any
}

// Error makes Problem an error for the callers of Create, Update and Delete.
func (p *Problem) Error() string {
	b, err := json.Marshal(p.Body)
	if err != nil {
		return fmt.Sprintf("%d %s", p.Status, http.StatusText(p.Status))
	}
	return fmt.Sprintf("%d %s", p.Status, b)
}

func detail(status int, text string) *Problem {
	return &Problem{status, map[string]string{"detail": text}}
}

func notFound() *Problem { return detail(http.StatusNotFound, "Not found.") }

func notAllowed(method string) *Problem {
	return detail(http.StatusMethodNotAllowed, `Method "`+method+`" not allowed.`)
}

const (
	required  = "This field is required."
	notUnique = "This field must be unique." // wording UNVERIFIED
)

// fieldErrors collects the refusals of a body by field, section 5 row "400 field errors".
type fieldErrors map[string][]string

func (e fieldErrors) add(field, text string) { e[field] = append(e[field], text) }

func (e fieldErrors) problem() *Problem {
	if len(e) == 0 {
		return nil
	}
	return &Problem{http.StatusBadRequest, e}
}

func invalid(field, text string) *Problem {
	return &Problem{http.StatusBadRequest, fieldErrors{field: {text}}}
}
