package web

import (
	"maps"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/templates"
)

// denseFrom is how many lines make the page set itself tighter (design, section 9).
const denseFrom = 20

// viewMap is the page as the templates take it.
func (s *Server) viewMap(c echo.Context, m *mapOf, at templates.MapState) (templates.Mapping, error) {
	f := m.flow()
	clock, err := s.clock(c.Request().Context(), ws(c))
	if err != nil {
		return templates.Mapping{}, err
	}
	at.Sample = inRange(at.Sample, len(m.seen.sampling.Samples))
	v := templates.Mapping{
		Frame: frame(c, "Map fields, "+f.Name, "flows"), Clock: clock, Path: "/flows/" + f.ID + "/map", Name: f.Name, At: at,
		CanEdit: may(visitorOf(c).Role, editor), Revision: strconv.Itoa(m.draft.Revision),
		Draft: m.draft.Changed, Behind: m.draft.Changed && m.draft.Base != f.Version, Undo: m.draft.Undo, Redo: m.draft.Redo,
		Saved: m.draft.At,
	}
	v.Frame.Rail, v.Frame.Flush = true, true
	for side, spec := range m.specs {
		v.Systems[side] = systemOf(spec, f.Object)
		v.Accounts[side] = m.account(connector.Side(side))
		if m.conns[side].State != connection.OK && v.Lost == nil {
			v.Lost = &templates.Link{Text: "Connect " + spec.Name + " again first", Href: again(m.conns[side], v.Path)}
		}
	}
	if v.Lacks, err = s.lacking(c, m.prospect(), "map"); err != nil {
		return v, err
	}
	if f.Approval == nil {
		v.Steps = templates.WaySteps(v.Systems[0], v.Systems[1])
	}
	b := &board{mapOf: m, at: at, systems: v.Systems, clock: clock, named: s.mirrored(c.Request().Context(), ws(c), m)}
	if n := len(m.seen.sampling.Samples); n > 0 {
		b.values = m.under(m.seen.sampling.Samples[at.Sample].Values())
	}
	if b.lessons, err = s.o.Store.Capabilities(c.Request().Context(), ws(c), f.Connections, f.Object); err != nil {
		return v, err
	}
	b.ways = mapping.Ways(f.Map, m.fields(connector.A), m.fields(connector.B), m.options())
	v.Drift = drifted(f, m.known, m.names())
	v.Needs, v.Pairs = b.pairs()
	v.Suggest = b.suggestions()
	v.Dense = len(f.Map)+len(v.Suggest) >= denseFrom
	if at.Match {
		for _, s := range v.Suggest {
			if s.Sure {
				v.Matching = append(v.Matching, s)
			}
		}
	}
	v.Free = b.free()
	v.Custom = b.custom
	v.Rules = b.flowRules()
	v.Preview = b.preview(b.lessons)
	return v, nil
}

// under are values with those of renamed fields under the names that the map knows them by.
func (m *mapOf) under(values mapping.Sample) mapping.Sample {
	for _, k := range m.known {
		side := slices.Index(m.draft.Flow.Connections[:], k.Conn)
		if k.Now == nil || k.Now.Name == k.Name || values[side] == nil {
			continue
		}
		if v, shown := values[side][k.Now.Name]; shown {
			values[side] = maps.Clone(values[side])
			values[side][k.Name] = v
		}
	}
	return values
}

func inRange(n, of int) int {
	if n < 0 || n >= of {
		return 0
	}
	return n
}

func (m *mapOf) account(side connector.Side) templates.MapAccount {
	a := templates.MapAccount{Read: m.seen.ground.At}
	for _, f := range m.fields(side) {
		if !m.stamp(side, f.Name) {
			a.Fields++
		}
	}
	if err := m.seen.ground.Problem[side]; err != nil {
		a.Problem = sayProblem(err)
	}
	return a
}

// sayProblem is the sentence of a system's refusal; whatever else went wrong is for the log.
func sayProblem(err error) string {
	if e, ok := connector.AsError(err); ok {
		return e.Message
	}
	return "The account could not be reached."
}

// stamp reports whether a field holds our own reference, which is nothing to map.
func (m *mapOf) stamp(side connector.Side, name string) bool {
	return slices.Contains(m.seen.ground.Stamps[side], name)
}

// board makes the lines of the page.
type board struct {
	*mapOf
	at      templates.MapState
	systems [2]templates.System
	// values are those of the chosen sample.
	values mapping.Sample
	clock  templates.Clock
	// lessons are what answers taught about fields.
	lessons []engine.Capability
	ways    [][]mapping.Way
	custom  int
	named   namer
}

// kinds are how types of fields are shown: in a word, with a drawing or two letters.
var kinds = map[connector.Type]struct{ word, icon, mark string }{
	connector.Text: {"text", "", "Aa"}, connector.HTML: {"formatted text", "", "Aa"}, connector.Number: {"number", "", "12"},
	connector.Email: {"email", "at-sign", ""}, connector.Phone: {"phone", "phone", ""}, connector.Bool: {"yes or no", "toggle-right", ""},
	connector.Day: {"date", "calendar", ""}, connector.Instant: {"date and time", "clock", ""}, connector.Set: {"list", "list", ""},
	connector.Option: {"choice", "chevron-down", ""}, connector.User: {"member of staff", "users", ""}, connector.Linked: {"company", "building-2", ""},
}

func (b *board) field(side connector.Side, f connector.Field) templates.MapField {
	k := kinds[f.Type]
	label := f.Label
	if label == "" {
		label = f.Name
	}
	out := templates.MapField{Name: f.Name, Label: label, Type: k.word, Kind: string(f.Type), Icon: k.icon, Mark: k.mark, Custom: f.Custom,
		Made: slices.Contains(b.seen.ground.Made[side], f.Name), Note: f.Help}
	if v, shown := b.values[side][f.Name]; shown {
		out.Value = b.fieldWords(side, f, v)
		out.Blank = mapping.Empty(v)
	}
	return out
}

// end is one end of a row: its fields as one.
func (b *board) end(side connector.Side, names mapping.Names) templates.MapField {
	var out templates.MapField
	for i, name := range names {
		f, ok := connector.FieldNamed(b.fields(side), name)
		if !ok {
			f = connector.Field{Name: name, Label: name}
			if i := slices.IndexFunc(b.known, func(k engine.Known) bool { return k.Name == name && k.Conn == b.flow().Connections[side] }); i >= 0 {
				f.Label = b.known[i].Field.Label // it is gone, and has a name all the same
			}
		}
		one := b.field(side, f)
		if i == 0 {
			out = one
			continue
		}
		out.Name, out.Label, out.Note = "", out.Label+" + "+one.Label, ""
		if one.Value != "" {
			out.Value = trimmed(out.Value + " " + one.Value)
		}
		out.Blank = out.Blank && one.Blank
		out.Custom = out.Custom || one.Custom
	}
	if len(names) == 0 {
		out.Label = "No field"
	}
	return out
}

// free are the fields without a partner, by side.
func (b *board) free() (out [2][]templates.MapField) {
	side, picked, _ := cut(b.at.Pick)
	for s := range out {
		for _, f := range b.fields(connector.Side(s)) {
			named := slices.ContainsFunc(b.flow().Map, func(r mapping.Row) bool { return slices.Contains(r.Side(connector.Side(s)), f.Name) })
			if b.stamp(connector.Side(s), f.Name) || named && f.Read {
				b.count(f)
				continue
			}
			if named || partOfNamed(b.fields(connector.Side(s)), b.flow().Map, connector.Side(s), f) {
				continue
			}
			b.count(f)
			x := b.field(connector.Side(s), f)
			x.Picked = side == connector.Side(s).String() && picked == f.Name
			x.Locked = locked(b.fields(connector.Side(s)), f)
			out[s] = append(out[s], x)
		}
	}
	return out
}

func (b *board) count(f connector.Field) {
	if f.Custom {
		b.custom++
	}
}

// partOfNamed reports whether a field is written by way of another one that is paired.
func partOfNamed(have []connector.Field, rows []mapping.Row, side connector.Side, f connector.Field) bool {
	return slices.ContainsFunc(have, func(whole connector.Field) bool {
		return slices.Contains(whole.Parts, f.Name) &&
			slices.ContainsFunc(rows, func(r mapping.Row) bool { return slices.Contains(r.Side(side), whole.Name) })
	})
}

// locked is why a field can be no end of a pair, "" when it can.
func locked(have []connector.Field, f connector.Field) string {
	if f.Read {
		return ""
	}
	for _, whole := range have {
		if slices.Contains(whole.Parts, f.Name) {
			return "is shown and paired as " + whole.Label
		}
	}
	return "can be written and never read back"
}
