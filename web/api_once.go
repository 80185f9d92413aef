package web

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"couplet/internal/store"
)

// A request that changes something may carry a key that its program made up. Sent again with the same key, it is answered as before
// and not carried out again. What was refused did nothing, so its key is free.

const (
	onceHeader   = "Idempotency-Key"
	replayHeader = "Idempotent-Replayed"
	longestKey   = 255
)

// answerOnce does what a request asks for, unless its key says that it was done.
func (s *Server) answerOnce(c echo.Context, r apiRoute, key string) error {
	ctx, v := c.Request().Context(), visitorOf(c)
	if len(key) > longestKey {
		return &Error{Status: http.StatusBadRequest, Title: "That key cannot be", Text: fmt.Sprintf("%s is longer than %d characters, so nothing was done.", onceHeader, longestKey), Fix: "Send a random one for each thing to be done, such as a UUID."}
	}
	hash, err := hashRequest(c)
	if err != nil {
		return err
	}
	o, begun, err := s.o.Store.BeginOnce(ctx, v.Workspace.ID, store.Once{Token: v.token.ID, Key: key, Hash: hash})
	switch {
	case err != nil:
		return err
	case begun:
	case o.Hash != hash:
		return notMeant("This key was used for another request, so nothing was done.", "Take a new key for a new request, or send just what was sent with this one.")
	case o.Status == 0:
		return &Error{Status: http.StatusConflict, Title: "It is under way", Text: "The first request with this key is still being carried out, so nothing was done twice.", Fix: "Send it again in a moment: then the answer is there."}
	default:
		h := c.Response().Header()
		h.Set(replayHeader, "true")
		if o.Location != "" {
			h.Set(echo.HeaderLocation, o.Location)
		}
		return c.Blob(o.Status, o.Type, []byte(o.Body))
	}
	a, refused := s.answerOf(c, r)
	if refused == nil {
		o.Status, o.Type, o.Location, o.Body = a.status, a.kind, c.Response().Header().Get(echo.HeaderLocation), string(a.body)
	}
	err = s.o.Store.EndOnce(context.WithoutCancel(ctx), v.Workspace.ID, o) // also when nobody waits any more
	if refused != nil || err != nil {
		return cmp.Or(refused, err)
	}
	return c.Blob(a.status, a.kind, a.body)
}

// hashRequest is the hash of all that a request says, which it leaves to be read.
func hashRequest(c echo.Context) (string, error) {
	req := c.Request()
	data, err := io.ReadAll(io.LimitReader(req.Body, largestBody+1)) // what is larger is refused by whoever reads it
	if err != nil {
		return "", &Error{Status: http.StatusBadRequest, Text: "The body of the request broke off.", Fix: "Send it again.", Err: err}
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n%s\n", req.Method, req.URL.RequestURI(), req.Header.Get(echo.HeaderContentType))
	h.Write(data)
	req.Body = io.NopCloser(io.MultiReader(bytes.NewReader(data), req.Body))
	return hex.EncodeToString(h.Sum(nil)), nil
}
