package web

import (
	"net/url"

	"github.com/labstack/echo/v4"

	"couplet/internal/store"
	"couplet/templates"
)

// A copy that waits for an account of the workspace that it goes to is remembered in addresses only: whoever connects the account
// there comes to its connections, which lead back to the copy in the workspace of the flow. To look at that asks for the person's
// role there, as ever.

// copyWaits is the page of a workspace's connections for whoever came to connect an account for the copy of a flow of another one.
func copyWaits(from, flow string) string {
	return address("/connections", url.Values{"copy": {flow}, "of": {from}})
}

// copyBack is the way back to the copy that the address of a page names, nil where it names none that this person may see.
func (s *Server) copyBack(c echo.Context) (*templates.CopyBack, error) {
	ctx, v := c.Request().Context(), visitorOf(c)
	id, from := c.QueryParam("copy"), c.QueryParam("of")
	var of store.Workspace
	for _, w := range v.Others {
		if w.ID == from {
			of = w
		}
	}
	if id == "" || of.ID == "" {
		return nil, nil
	}
	f, err := s.o.Store.FlowByID(ctx, of.ID, id)
	if isNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	mine, err := s.o.Store.Connections(ctx, ws(c))
	if err != nil {
		return nil, err
	}
	back := &templates.CopyBack{Flow: f.Name, Workspace: of.Name, From: of.ID, Ready: true, Next: "/flows/" + f.ID + "/copy"}
	for _, conn := range f.Connections {
		x, err := s.o.Store.ConnectionByID(ctx, of.ID, conn)
		if err != nil && !isNotFound(err) {
			return nil, err
		}
		back.Ready = back.Ready && err == nil && len(usable(mine, x.System)) > 0
	}
	if back.Ready {
		back.Next = address(back.Next, url.Values{"to": {ws(c)}})
	}
	return back, nil
}
