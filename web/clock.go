package web

import (
	"context"
	"time"

	"couplet/templates"
)

// zoneSetting names the setting that holds the IANA time zone of a workspace.
const zoneSetting = "zone"

// clock is what pages of a workspace tell time by: the zone that was set, else that of the first of its accounts that
// has one, else UTC.
func (s *Server) clock(ctx context.Context, ws string) (templates.Clock, error) {
	c := templates.Clock{Now: s.o.Now(), Zone: time.UTC}
	kept, err := s.kept(ctx, ws)
	if err != nil {
		return c, err
	}
	c.Kept = kept
	name, err := s.o.Store.Setting(ctx, ws, zoneSetting)
	if err != nil {
		return c, err
	}
	if name == "" {
		all, err := s.o.Store.Connections(ctx, ws)
		if err != nil {
			return c, err
		}
		for _, x := range all {
			if name = x.Identity.Zone; name != "" {
				break
			}
		}
	}
	if zone, err := time.LoadLocation(name); err == nil && name != "Local" { // a zone nobody knows is no reason to show no page
		c.Zone = zone
	}
	return c, nil
}

// kept is how long a workspace remembers what happened.
func (s *Server) kept(ctx context.Context, ws string) (templates.Kept, error) {
	p, err := s.o.Store.Keeps(ctx, ws)
	return templates.Kept{Runs: p.Runs, Quiet: p.QuietRuns, Losses: p.Conflicts}, err
}
