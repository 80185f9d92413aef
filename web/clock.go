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
