package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"
)

// page writes a page. It is rendered first, so that an error on the way is still answered as one.
func page(c echo.Context, status int, t templ.Component) error {
	var b bytes.Buffer
	if err := t.Render(c.Request().Context(), &b); err != nil {
		return err
	}
	return c.HTMLBlob(status, b.Bytes())
}

// pageOr writes a page, or only the fragments of it that htmx asked for by the id of its target: page and fragment are
// one template, in which templ.Fragment(id) marks what can be swapped alone. A target that is no fragment of the page
// gets the whole page, which htmx then takes its part of.
func pageOr(c echo.Context, status int, t templ.Component, fragments ...string) error {
	target := c.Request().Header.Get("HX-Target") // "tag#id"
	_, id, _ := strings.Cut(target, "#")
	for _, f := range fragments {
		if f == id {
			var b bytes.Buffer
			if err := templ.RenderFragments(c.Request().Context(), &b, t, f); err != nil {
				return err
			}
			return c.HTMLBlob(status, b.Bytes())
		}
	}
	return page(c, status, t)
}

// A look is one view of something that changes: the component that shows it, and whether it will not change any more.
type look func(ctx context.Context) (t templ.Component, over bool, err error)

// streamMost ends a stream: a browser that still wants it comes again by itself.
const streamMost = 10 * time.Minute

// stream sends a component as server-sent events: at once, and again whenever it looks different, at most every so often,
// until it is over. It asks the database instead of being told, so that it works whichever process does the work. When it
// is over, a last message of the name "over" tells the page, which then loads whole.
func (s *Server) stream(c echo.Context, every time.Duration, next look) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), streamMost)
	defer cancel()
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "text/event-stream")
	h.Set("X-Accel-Buffering", "no")
	out := http.NewResponseController(c.Response())
	var shown [sha256.Size]byte
	ticks := time.NewTicker(every)
	defer ticks.Stop()
	quiet := 0
	for {
		t, over, err := next(ctx)
		if err != nil {
			if ctx.Err() != nil || c.Response().Committed {
				return nil // the person is gone, or comes again by itself and sees the error on the page
			}
			return err
		}
		var b bytes.Buffer
		if err := t.Render(ctx, &b); err != nil {
			return err
		}
		sum := sha256.Sum256(b.Bytes())
		quiet++
		var message string
		switch {
		case sum != shown:
			message, shown, quiet = event("", b.String()), sum, 0
		case quiet*int(every) >= int(15*time.Second):
			message, quiet = ": still here\n\n", 0 // proxies close what is silent
		}
		if over {
			message += event("over", "over")
		}
		if message != "" {
			_ = out.SetWriteDeadline(time.Time{}) // lifted; a server without deadlines has none to lift
			if _, err := fmt.Fprint(c.Response(), message); err != nil {
				return nil
			}
			if err := out.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
				return nil
			}
		}
		if over || s.draining.Load() {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticks.C:
		}
	}
}

// event is one server-sent event; lines of its data each need their word.
func event(name, data string) string {
	var b strings.Builder
	if name != "" {
		b.WriteString("event: " + name + "\n")
	}
	for line := range strings.Lines(data) {
		b.WriteString("data: " + strings.TrimRight(line, "\r\n") + "\n")
	}
	b.WriteString("\n")
	return b.String()
}
