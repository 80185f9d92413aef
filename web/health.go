package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// healthz says that the process is alive. It asks nobody, so that a slow database does not get the process killed.
func (s *Server) healthz(c echo.Context) error { return c.String(http.StatusOK, "ok") }

// patience is how long readyz waits for the database.
const patience = 2 * time.Second

// readyz says whether this process can do its work, and if not, what is missing.
func (s *Server) readyz(c echo.Context) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), patience)
	defer cancel()
	var missing []string
	var errs []error
	if s.draining.Load() {
		missing = append(missing, "Couplet is stopping.")
	}
	if err := s.o.Ping(ctx); err != nil {
		missing, errs = append(missing, "The database does not answer."), append(errs, err)
	}
	if s.o.Workers != nil {
		if err := s.o.Workers(); err != nil {
			missing, errs = append(missing, "The workers are not ready."), append(errs, err)
		}
	}
	if len(missing) > 0 {
		return &Error{Status: http.StatusServiceUnavailable, Text: strings.Join(missing, " "), Err: errors.Join(errs...)}
	}
	return c.String(http.StatusOK, "ready")
}
