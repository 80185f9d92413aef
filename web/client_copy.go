package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
	"golang.org/x/sync/errgroup"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/store"
	"couplet/templates"
)

// copying is a flow on its way to another workspace. Which workspaces there are comes from what the visitor belongs to, so an id of
// any other finds nothing.
type copying struct {
	page  templates.CopyFlow
	flow  flow.Flow // as it is edited
	conns [2]connection.Connection
	specs [2]*connector.Spec
	// to is the chosen workspace, nil while none is; there are its accounts that are used, made the flow that would be copied.
	to    *store.Client
	there [2]connection.Connection
	made  flow.Flow
}

// copying gathers the page: the flow, and where it might go.
func (s *Server) copying(c echo.Context, to string) (*copying, error) {
	ctx, v := c.Request().Context(), visitorOf(c)
	d, err := s.o.Store.DraftState(ctx, ws(c), c.Param("id"))
	if err != nil {
		return nil, err
	}
	x := &copying{flow: d.Flow}
	for side, id := range x.flow.Connections {
		if x.conns[side], err = s.o.Store.ConnectionByID(ctx, ws(c), id); errors.Is(err, store.ErrNotFound) {
			return nil, &Error{Status: http.StatusConflict, Text: "One of the two accounts of this flow is no longer connected, so nobody can say what its fields mean elsewhere. Connect it again under Connections."}
		} else if err != nil {
			return nil, err
		}
		x.specs[side] = s.specNamed(x.conns[side].System)
	}
	x.page = templates.CopyFlow{Frame: frame(c, "Copy "+x.flow.Name, "flows"), ID: x.flow.ID, Name: x.flow.Name, Direction: way(x.flow.Direction)}
	for side, spec := range x.specs {
		x.page.Ends[side] = endOf(spec, x.flow.Object)
	}
	all, err := s.o.Store.Clients(ctx, ws(c), v.User.ID, 1)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].Workspace.ID == ws(c) {
			continue
		}
		t := s.copyTarget(all[i], x.specs, copyWaits(ws(c), x.flow.ID))
		x.page.Targets = append(x.page.Targets, t)
		if t.ID == to && t.Why == "" {
			x.to, x.page.To = &all[i], &t
		}
	}
	if to != "" && x.to == nil {
		if i := slices.IndexFunc(x.page.Targets, func(t templates.CopyTarget) bool { return t.ID == to }); i >= 0 {
			return nil, &Error{Status: http.StatusConflict, Title: "Nothing was copied", Text: x.page.Targets[i].Why}
		}
		return nil, &Error{Status: http.StatusNotFound, Text: "You are no member of that workspace, or it does not exist."}
	}
	return x, nil
}

// copyTarget says whether a flow of two systems can be copied to a workspace. Whoever connects an account there for it comes to then.
func (s *Server) copyTarget(client store.Client, specs [2]*connector.Spec, then string) templates.CopyTarget {
	t := templates.CopyTarget{ID: client.Workspace.ID, Name: client.Workspace.Name}
	edits := may(client.Role, editor)
	for side, spec := range specs {
		var conn connection.Connection
		t.Conns[side], conn = s.clientConn(client.Conns, spec.ID)
		if t.Why != "" || len(usable(client.Conns, spec.ID)) > 0 {
			continue
		}
		if t.Why, t.Next, t.Button = spec.Name+" is not connected there yet. Connect it there; the way leads back here.", connecting(spec.ID, then), "Connect "+spec.Name; conn.ID != "" {
			t.Why, t.Next, t.Button = spec.Name+" does not take the key there. Connect it again there; the way leads back here.", mending(conn, then), "Reconnect "+spec.Name
		}
	}
	if !edits {
		t.Why, t.Next, t.Button = "You may look there, and a copy takes an editor. An owner of "+t.Name+" can change your role.", "", ""
	}
	return t
}

// usable are the accounts of a system that can be used now.
func usable(conns []connection.Connection, system string) (fit []connection.Connection) {
	for _, c := range conns {
		if c.System == system && c.State == connection.OK {
			fit = append(fit, c)
		}
	}
	return fit
}

// look reads the fields of all four accounts, and finds what of the flow they have in common. It reads no record.
func (s *Server) lookCopy(ctx context.Context, c echo.Context, x *copying) error {
	l := &x.page.Look
	there := x.flow
	there.Workspace = x.to.Workspace.ID
	for side, spec := range x.specs {
		fit := usable(x.to.Conns, spec.ID)
		x.there[side] = fit[max(0, slices.IndexFunc(fit, func(f connection.Connection) bool { return f.ID == c.FormValue(sides[side]) }))]
		for _, f := range fit {
			l.Accounts[side] = append(l.Accounts[side], templates.Choice{ID: f.ID, Name: f.Name})
		}
		there.Connections[side], l.Chosen[side] = x.there[side].ID, x.there[side].ID
	}
	var here, over engine.Ground
	ctx, cancel := context.WithTimeout(connector.As(ctx, connector.Interactive), fieldsWait)
	defer cancel()
	var wait errgroup.Group
	wait.Go(func() error { here = s.o.Samples.Ground(ctx, ws(c), x.flow); return nil })
	wait.Go(func() error { over = s.o.Samples.Ground(ctx, x.to.Workspace.ID, there); return nil })
	_ = wait.Wait() // what went wrong is in the grounds
	for side, spec := range x.specs {
		if over.Problem[side] != nil {
			l.Problem = "The fields of " + spec.Name + " at " + x.to.Workspace.Name + " could not be read: " + sayProblem(over.Problem[side])
			return nil
		}
		if here.Problem[side] != nil {
			l.Notes = append(l.Notes, "The fields of "+spec.Name+" at "+visitorOf(c).Workspace.Name+" could not be read, so its custom fields are not found there.")
		}
	}
	var gaps []flow.Gap
	x.made, gaps = x.flow.CopyTo(here.Fit(x.flow, x.specs).Fields, over.Fields)
	x.made.Connections = there.Connections
	defaults, err := s.o.Store.Defaults(ctx, x.to.Workspace.ID)
	if err != nil {
		return err
	}
	if region := cmp.Or(defaults.Region, x.there[0].Identity.Region, x.there[1].Identity.Region, x.flow.Region); region != x.made.Region {
		l.Notes = append(l.Notes, "Phone numbers without a country are taken for numbers of "+region+" there, and of "+cmp.Or(x.made.Region, "the account")+" here.")
		x.made.Region = region
	}
	l.Pairs, l.All = len(x.made.Map), len(x.flow.Map)
	for _, g := range gaps {
		if why := x.why(g); g.Why == flow.GapChoices {
			l.Choices = append(l.Choices, why)
		} else {
			l.Left = append(l.Left, why)
		}
	}
	x.notes(l)
	return nil
}

// why puts a gap into words.
func (x *copying) why(g flow.Gap) templates.CopyGap {
	at := x.specs[g.Side].Name + " at " + x.to.Workspace.Name
	gap := templates.CopyGap{Pair: g.Pair[0] + " and " + g.Pair[1]}
	switch g.Why {
	case flow.GapType:
		gap.Why = "“" + g.Field + "” holds " + held(g.There) + " in " + at + ", and " + held(g.Type) + " here."
	case flow.GapSeveral:
		gap.Why = "Several fields are called “" + g.Field + "” in " + at + "."
	case flow.GapChoices:
		gap.Why = "“" + g.Field + "” in " + at + " lacks " + strings.Join(g.Choices, ", ") + "."
	default:
		gap.Why = "No field is called “" + g.Field + "” in " + at + "."
	}
	return gap
}

// notes tell what else is not as it is here: which records the flow is about, and what was chosen about the accounts.
func (x *copying) notes(l *templates.CopyLook) {
	if x.flow.Scope.Only == flow.ScopeThese {
		l.Notes = append(l.Notes, "This flow is about records that are named one by one. The copy is about what is new or changes from the day it is switched on, until you choose otherwise.")
	}
	for side, spec := range x.specs {
		for _, set := range spec.Settings {
			if set.Object != "" && set.Object != x.flow.Object || x.conns[side].Settings[set.Name] == "" || set.Default != "" || x.there[side].Settings[set.Name] != "" {
				continue
			}
			l.Notes = append(l.Notes, "“"+set.Label+"” is chosen for "+spec.Name+" here and not yet at "+x.to.Workspace.Name+". Choose it there on the page of the connection.")
		}
	}
}

// copyPage shows where a flow can be copied to, and then what a copy would be.
func (s *Server) copyPage(c echo.Context) error {
	x, err := s.copying(c, c.QueryParam("to"))
	if err != nil {
		return err
	}
	if x.to != nil {
		if err := s.lookCopy(c.Request().Context(), c, x); err != nil {
			return err
		}
	}
	return page(c, http.StatusOK, templates.CopyFlowPage(x.page))
}

// copyFlow makes the copy, and opens its map in the workspace that it went to.
func (s *Server) copyFlow(c echo.Context) error {
	ctx, to := c.Request().Context(), c.FormValue("to")
	x, err := s.copying(c, to)
	if err != nil {
		return err
	}
	if x.to == nil {
		return redirect(c, "/flows/"+x.flow.ID+"/copy")
	}
	if err := s.lookCopy(ctx, c, x); err != nil {
		return err
	}
	if x.page.Look.Problem != "" {
		return page(c, http.StatusConflict, templates.CopyFlowPage(x.page))
	}
	made, err := s.o.Store.CopyFlow(ctx, ws(c), visitorOf(c).User.ID, to, x.made)
	if err != nil {
		return err
	}
	text := "“" + made.Name + "” was copied from " + visitorOf(c).Workspace.Name + ", and is off."
	if n := len(x.page.Look.Left); n > 0 {
		text += " " + templates.Count(n, "pair was", "pairs were") + " left behind."
	}
	if err := s.say(c, text, false); err != nil {
		return err
	}
	return s.renewed(c, to, "/flows/"+made.ID+"/map")
}
