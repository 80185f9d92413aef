package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/flow"
	"couplet/internal/store"
	"couplet/templates"
)

// choices are what was decided on the way to a flow so far. They travel in the query, so that every step is an address
// that can be kept, sent and come back to.
type choices struct {
	// Template is the id of the template, "" while none was chosen. Conns are the ids of the accounts, by side.
	Template string
	Conns    [2]string
}

// sides are the words for the two sides in addresses.
var sides = [2]string{connector.A.String(), connector.B.String()}

func choicesIn(q url.Values) choices {
	return choices{Template: q.Get("template"), Conns: [2]string{q.Get(sides[0]), q.Get(sides[1])}}
}

func (x choices) query() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"template": x.Template, sides[0]: x.Conns[0], sides[1]: x.Conns[1]} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

// at is the address of a step with these choices: "" for the first one that is not done, "a", "b" or "template".
func (x choices) at(step string) string {
	path := "/new"
	if step != "" {
		path += "/" + step
	}
	return address(path, x.query())
}

// with are the choices with another account on one side.
func (x choices) with(side int, conn string) choices {
	x.Conns[side] = conn
	return x
}

// address is a path with its query.
func address(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// journey is the way to a flow as far as somebody has come: the choices, and what they name. A choice that names nothing
// (any more) counts as not made.
type journey struct {
	choices
	template flow.Template // the chosen one, or the first there is
	specs    [2]*connector.Spec
	conns    [2]*connection.Connection // nil while not chosen
	stored   []connection.Connection   // all of the workspace
}

func (s *Server) journey(ctx context.Context, ws string, x choices) (journey, error) {
	all, err := s.flowTemplates(ctx, ws)
	if err != nil {
		return journey{}, err
	}
	j := journey{choices: x, template: all[0]}
	if i := slices.IndexFunc(all, func(t flow.Template) bool { return t.ID == x.Template }); i >= 0 {
		j.template = all[i]
	} else {
		j.Template = ""
	}
	if j.stored, err = s.o.Store.Connections(ctx, ws); err != nil {
		return j, err
	}
	for side, system := range j.template.Systems {
		known, ok := s.o.Connect.Systems[system]
		if !ok {
			return j, errors.New("template " + j.template.ID + " is for the system " + system + ", which this program does not know")
		}
		j.specs[side] = known.Spec
		i := slices.IndexFunc(j.stored, func(c connection.Connection) bool { return c.ID == x.Conns[side] && c.System == system })
		if i < 0 {
			j.Conns[side] = ""
			continue
		}
		j.conns[side] = &j.stored[i]
	}
	return j, nil
}

// lone picks the only usable account of a system where nothing was chosen and there is nothing to choose.
func (j journey) lone() journey {
	for side := range j.conns {
		var fit []int
		for i, c := range j.stored {
			if c.System == j.specs[side].ID && c.State == connection.OK {
				fit = append(fit, i)
			}
		}
		if j.conns[side] == nil && len(fit) == 1 {
			j.conns[side] = &j.stored[fit[0]]
			j.Conns[side] = j.conns[side].ID
		}
	}
	return j
}

// top is the head of a step.
func (j journey) top(step int) templates.Way {
	w := templates.Way{Step: step}
	for side := range j.specs {
		w.Lines[side] = templates.WayLine{System: systemOf(j.specs[side], j.template.Object)}
		if c := j.conns[side]; c != nil {
			w.Lines[side].Name = accountOf(*c)
		}
	}
	return w
}

// systemOf is how a system is shown, with its words for one kind of record.
func systemOf(spec *connector.Spec, object string) templates.System {
	x := templates.System{ID: spec.ID, Name: spec.Name, Mark: spec.Mark}
	if o, ok := spec.Object(object); ok {
		x.One, x.Many = o.One, o.Many
	} else if len(spec.Objects) > 0 {
		x.One, x.Many = spec.Objects[0].One, spec.Objects[0].Many
	}
	x.Key = ownKeys(object)
	return x
}

// ownKeys is what tells a record of an object from all others, with its article.
func ownKeys(object string) string {
	if object == "company" {
		return "a website or a name"
	}
	return "an email"
}

// accountOf names the account of a connection: as its system does, or by what the person calls it.
func accountOf(c connection.Connection) string {
	if c.Identity.Name != "" {
		return c.Identity.Name
	}
	return c.Name
}

// newFlow leads to the first step of the way to a flow that is not done.
func (s *Server) newFlow(c echo.Context) error {
	j, err := s.journey(c.Request().Context(), ws(c), choicesIn(c.QueryParams()))
	if err != nil {
		return err
	}
	j = j.lone()
	for side := range j.conns {
		if j.conns[side] == nil {
			return redirect(c, j.at(sides[side]))
		}
	}
	return redirect(c, j.at("template"))
}

// chooseTemplate shows the third step.
func (s *Server) chooseTemplate(c echo.Context) error {
	j, err := s.journey(c.Request().Context(), ws(c), choicesIn(c.QueryParams()))
	if err != nil {
		return err
	}
	if j.conns[0] == nil || j.conns[1] == nil {
		return redirect(c, j.at(""))
	}
	return s.showTemplates(c, http.StatusOK, j, "")
}

func (s *Server) showTemplates(c echo.Context, status int, j journey, problem string) error {
	flows, err := s.o.Store.Flows(c.Request().Context(), ws(c))
	if err != nil {
		return err
	}
	p := templates.Choose{Frame: frame(c, "Choose a template", "flows"), Way: j.top(templates.StepTemplate), Here: j.at("template"), Back: j.at(sides[1]), Problem: problem}
	all, err := s.flowTemplates(c.Request().Context(), ws(c))
	if err != nil {
		return err
	}
	for _, t := range all {
		if t.Systems != j.template.Systems {
			continue // the accounts that were chosen are of other systems
		}
		card := s.templateCard(t, flows)
		card.Chosen = t.ID == j.Template || len(all) == 1
		p.Cards = append(p.Cards, card)
	}
	return page(c, status, templates.ChooseTemplate(p))
}

// makeFlow makes a flow of a template and the two accounts. It is off, and nothing is read or written by making it.
func (s *Server) makeFlow(c echo.Context) error {
	ctx := c.Request().Context()
	x := choicesIn(c.QueryParams())
	x.Template = c.FormValue("template")
	j, err := s.journey(ctx, ws(c), x)
	if err != nil {
		return err
	}
	switch {
	case j.conns[0] == nil || j.conns[1] == nil:
		return redirect(c, j.at(""))
	case j.Template == "":
		return s.showTemplates(c, http.StatusUnprocessableEntity, j, "That template is not there any more. Choose one of these.")
	}
	flows, err := s.o.Store.Flows(ctx, ws(c))
	if err != nil {
		return err
	}
	for _, f := range flows {
		// Somebody who comes this way twice goes on with what was begun.
		if f.Template == j.template.ID && f.Connections == j.Conns && !f.Enabled && f.Approval == nil {
			return redirect(c, "/flows/"+f.ID+"/map")
		}
	}
	defaults, err := s.o.Store.Defaults(ctx, ws(c))
	if err != nil {
		return err
	}
	f := j.template.Flow().With(defaults)
	if j.template.Base != "" { // whoever saved it chose all of it
		var left, problem string
		if f, left, problem = s.ofOwn(ctx, ws(c), j); problem != "" {
			return s.showTemplates(c, http.StatusUnprocessableEntity, j, problem)
		}
		if f.Region = cmp.Or(f.Region, defaults.Region); left != "" {
			if err := s.say(c, left, false); err != nil {
				return err
			}
		}
	}
	f.Connections = j.Conns
	for _, account := range j.conns {
		f.Region = cmp.Or(f.Region, account.Identity.Region) // of phone numbers without a prefix, as a flow file takes it
	}
	for n := 1; ; n++ {
		f.Name = numbered(j.template.Title, n)
		if slices.ContainsFunc(flows, func(o flow.Flow) bool { return o.Name == f.Name }) {
			continue
		}
		made, _, err := s.o.Store.SaveFlowBy(ctx, ws(c), store.Author{By: visitorOf(c).User.Email, How: store.ByPage}, f)
		if errors.Is(err, store.ErrExists) && n < 100 {
			continue // somebody else was quicker
		}
		if err != nil {
			return err
		}
		return redirect(c, "/flows/"+made.ID+"/map")
	}
}

// numbered is a name that tells things of one kind apart: "Name", "Name 2".
func numbered(name string, n int) string {
	if n < 2 {
		return name
	}
	return name + " " + strconv.Itoa(n)
}
