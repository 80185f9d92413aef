package web

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"couplet/internal/connection"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/store"
	"couplet/templates"
)

// workspaces are all workspaces of the visitor, by name.
func (v *visitor) workspaces() []store.Workspace {
	all := append(slices.Clone(v.Others), v.Workspace)
	slices.SortFunc(all, func(x, y store.Workspace) int {
		return cmp.Or(cmp.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name)), cmp.Compare(x.ID, y.ID))
	})
	return all
}

// clients shows all workspaces of the visitor, the worst first. The switcher asks for its own list by the same address.
func (s *Server) clients(c echo.Context) error {
	ctx, v := c.Request().Context(), visitorOf(c)
	clock, err := s.clock(ctx, ws(c))
	if err != nil {
		return err
	}
	all, err := s.o.Store.Clients(ctx, ws(c), v.User.ID, templates.MostWaiting+1)
	if err != nil {
		return err
	}
	p := templates.Clients{Frame: frame(c, "All clients", ""), Clock: clock, Find: strings.TrimSpace(c.QueryParam("q")), All: len(all), May: may(v.Role, owner)}
	systems := flow.Templates()[0].Systems
	for _, id := range systems {
		p.Systems = append(p.Systems, systemOf(s.specNamed(id), ""))
	}
	type ranked struct {
		templates.ClientLine
		rank int
	}
	var lines []ranked
	stands := map[string]templates.ClientLine{}
	for _, x := range all {
		l, rank := s.clientLine(x, systems[:])
		l.Here = l.ID == ws(c)
		stands[l.ID] = l
		if strings.Contains(strings.ToLower(l.Name), strings.ToLower(p.Find)) {
			lines = append(lines, ranked{l, rank})
		}
	}
	slices.SortStableFunc(lines, func(x, y ranked) int { return cmp.Compare(x.rank, y.rank) })
	for _, l := range lines {
		p.Lines = append(p.Lines, l.ClientLine)
	}
	for i := range p.Frame.Clients {
		x := &p.Frame.Clients[i]
		x.Kind, x.Word = stands[x.ID].Kind, stands[x.ID].Word
	}
	return pageOr(c, http.StatusOK, templates.ClientsPage(p), "client-list")
}

// clientLine puts the state of a workspace into words, and ranks it: the lowest is the worst.
func (s *Server) clientLine(x store.Client, systems []string) (l templates.ClientLine, rank int) {
	l = templates.ClientLine{ID: x.Workspace.ID, Name: x.Workspace.Name, Role: x.Role, Waiting: x.Waiting, Next: "/", Button: "Open"}
	on, failed := 0, []string{}
	for _, f := range x.Flows {
		if f.Last.After(l.Last) {
			l.Last = f.Last
		}
		if f.On {
			on++
			if f.Status == engine.Failed {
				failed = append(failed, f.Name)
			}
		}
	}
	refused, lacking, missing := "", "", ""
	for _, system := range systems {
		state, conn := s.clientConn(x.Conns, system)
		l.Conns = append(l.Conns, state)
		name := s.specNamed(system).Name
		switch {
		case conn.ID == "":
			missing = cmp.Or(missing, name)
		case conn.State == connection.Reconnect && refused == "":
			refused, l.Next, l.Button = name, "/connections/"+conn.ID, "Reconnect"
		case conn.State == connection.NeedsKey && refused == "" && lacking == "":
			lacking, l.Next, l.Button = name, "/connections/"+conn.ID, "Reconnect"
		}
	}
	say := func(r int, kind, icon, word string) { rank, l.Kind, l.Icon, l.Word = r, kind, icon, word }
	switch {
	case refused != "":
		say(0, "bad", "circle-x", refused+" does not take the key")
	case lacking != "":
		say(1, "warn", "key-round", lacking+" needs a key")
	case len(failed) == 1:
		say(2, "bad", "circle-x", "The last run of "+failed[0]+" failed")
		l.Next = "/runs"
	case len(failed) > 1:
		say(2, "bad", "circle-x", "The last runs of "+templates.Number(len(failed))+" flows failed")
		l.Next = "/runs"
	case x.Waiting > 0:
		say(3, "warn", "circle-alert", templates.WaitingWord(x.Waiting))
		l.Next = "/needs-you"
	case on > 0 && x.Running > 0:
		say(4, "ok", "loader-circle", "Running")
	case on > 0 && l.Last.IsZero():
		say(5, "off", "clock", "Not run yet")
	case on > 0:
		say(6, "ok", "check", "In step")
	case len(x.Conns) > 0 && missing != "":
		say(5, "off", "circle-dashed", missing+" is not connected yet")
	case missing != "":
		say(5, "off", "circle-dashed", "Nothing is connected yet")
	case len(x.Flows) == 0:
		say(5, "off", "circle-dashed", "No flow yet")
	default:
		say(5, "off", "pause", "No flow is on")
	}
	var also []string
	if rank < 3 && x.Waiting > 0 {
		also = append(also, templates.WaitingWord(x.Waiting))
	}
	if rank < 2 && len(failed) > 0 {
		also = append(also, templates.Count(len(failed), "flow failed", "flows failed"))
	}
	if len(x.Flows) > 0 {
		also = append(also, templates.Number(on)+" of "+templates.Count(len(x.Flows), "flow on", "flows on"))
	}
	l.Text = strings.Join(also, " · ")
	return l, rank
}

// clientConn is how the accounts of a system stand in a workspace, and the worst of them.
func (s *Server) clientConn(conns []connection.Connection, system string) (x templates.ClientConn, worst connection.Connection) {
	n, bad := 0, func(c connection.Connection) int {
		return slices.Index([]connection.State{connection.OK, connection.NeedsKey, connection.Reconnect}, c.State)
	}
	for _, c := range conns {
		if c.System == system {
			if n++; n == 1 || bad(c) > bad(worst) {
				worst = c
			}
		}
	}
	switch {
	case n == 0:
		return templates.ClientConn{Kind: "off", Icon: "circle-dashed", Word: "Not connected yet"}, worst
	case worst.State == connection.Reconnect:
		return templates.ClientConn{Kind: "bad", Icon: "circle-x", Word: "Key refused"}, worst
	case worst.State == connection.NeedsKey:
		return templates.ClientConn{Kind: "warn", Icon: "key-round", Word: "Needs a key"}, worst
	case n > 1:
		return templates.ClientConn{Kind: "ok", Icon: "check", Word: templates.Number(n) + " connected"}, worst
	}
	return templates.ClientConn{Kind: "ok", Icon: "check", Word: "Connected"}, worst
}

func (s *Server) newClientPage(c echo.Context) error {
	return page(c, http.StatusOK, templates.NewClientPage(newClient(c, "")))
}

func newClient(c echo.Context, name string) templates.NewClient {
	return templates.NewClient{Frame: frame(c, "A new client", ""), Name: templates.TextField{Name: "name", Label: "Name of the client", Value: name, Autocomplete: "off"}}
}

// makeClient makes a workspace and opens it.
func (s *Server) makeClient(c echo.Context) error {
	p := newClient(c, typed(c, "name"))
	name := p.Name.Value
	if p.Name.Error = nameProblem(name, "the client a name"); focusFirst(&p.Name) {
		return page(c, http.StatusUnprocessableEntity, templates.NewClientPage(p))
	}
	made, err := s.o.Store.AddClient(c.Request().Context(), ws(c), visitorOf(c).User.ID, name)
	if errors.Is(err, store.ErrExists) {
		p.Name.Error = nameTaken
		focusFirst(&p.Name)
		return page(c, http.StatusUnprocessableEntity, templates.NewClientPage(p))
	}
	if err != nil {
		return err
	}
	if err := s.say(c, name+" is made, and open. Connect its two accounts to begin.", false); err != nil {
		return err
	}
	return s.renewed(c, made.ID, "/")
}

// nameTaken is said of a name that a workspace has already, which need not be one that the visitor may see.
const nameTaken = "That name is taken on this installation. Choose another one."
