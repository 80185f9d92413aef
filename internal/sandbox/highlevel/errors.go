package highlevel

import (
	"fmt"
	"net/http"
)

// apiError is an answer that is not a success, with the bodies of section 9.
type apiError struct {
	status int
	body   map[string]any
}

func (e *apiError) Error() string { return fmt.Sprintf("%d: %v", e.status, e.body["message"]) }

// fail makes the usual body. message is a string or, for 422, a list.
func fail(status int, message any) *apiError {
	return &apiError{status, map[string]any{
		"statusCode": status, "message": message, "error": http.StatusText(status),
	}}
}

// bare is fail without the key "error", as some answers are measured.
func bare(status int, message string) *apiError {
	return &apiError{status, map[string]any{"statusCode": status, "message": message}}
}

// invalid is the 422 of a whitelisting DTO: message is always a list (section 9).
func invalid(messages ...string) *apiError {
	return fail(http.StatusUnprocessableEntity, messages)
}

func badRequest(format string, args ...any) *apiError {
	return fail(http.StatusBadRequest, fmt.Sprintf(format, args...))
}

// contactGone is 400, not 404 (section 9).
func contactGone(id string) *apiError { return badRequest("Contact not found for id:%s", id) }

// resourceGone is the 404 of "some resources" (section 9); the text is [U].
func resourceGone(kind, id string) *apiError {
	return fail(http.StatusNotFound, fmt.Sprintf("%s with id %s not found", kind, id))
}
