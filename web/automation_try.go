package web

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"couplet/internal/automation"
	"couplet/templates"
)

// tried is what an automation would do with a sample. Nothing of it is done, and nobody is asked.
type tried struct {
	of  string
	out automation.Tried
	// tells is what of each step's texts tells most.
	tells map[string]string
}

// sampleOfTrigger is the sample that every trigger has: what its catalog knows, or a call that somebody typed.
const sampleOfTrigger = "sample"

// tryOn are the samples that the automation can be tried on. The one that is chosen is read.
func (s *Server) tryOn(c echo.Context, b *canvasView) ([]templates.MapOption, error) {
	b.now = s.o.Now().Truncate(time.Second)
	options := []templates.MapOption{{Value: sampleOfTrigger, Text: "A made-up sample"}}
	var err error
	if b.stored, b.object, err = s.storedRecords(c.Request().Context(), ws(c), b); err != nil {
		return nil, err
	}
	if len(b.stored) > 0 {
		options = append(sampleOptions(b.stored), options...)
	}
	real, err := s.realCalls(c.Request().Context(), ws(c), b)
	if err != nil {
		return nil, err
	}
	options = slices.Insert(options, len(options)-1, sampleOptions(real)...)
	at := max(0, slices.IndexFunc(options, func(o templates.MapOption) bool { return o.Value == b.at.Sample }))
	options[at].Chosen = true
	b.chosen = options[at]
	for _, x := range append(real, b.stored...) {
		if x.id == b.chosen.Value {
			b.data = x.data
		}
	}
	return options, nil
}

// try works out what would happen. Scripts run when somebody asks, and not again with every letter that is typed.
func (s *Server) try(c echo.Context, b *canvasView) (*tried, error) {
	t := automation.Trial{Scene: b.sceneOf(automation.Values(b.a(), "", b.systems)), Params: map[string]map[string]string{}}
	for id := range b.systems {
		if conn := b.account(id); conn != nil {
			t.Params[id] = conn.Params
		}
	}
	if c.Request().Method == http.MethodGet {
		t.Scripts = s.o.Scripts
	}
	out := &tried{of: b.chosen.Text, out: automation.Try(b.ctx, b.a(), b.systems, t), tells: map[string]string{}}
	automation.Walk(b.a(), func(_ string, st automation.Step) {
		if o, ok := b.systems.Find(st); ok {
			out.tells[st.ID] = telling(o, st).Name
		}
	})
	return out, nil
}

// sceneOf is what is known of some values: their samples, the record that is tried on, and the settings of the accounts.
func (b *canvasView) sceneOf(values []automation.Value) automation.Scene {
	scene := automation.Scene{Data: automation.Samples(values), Now: b.now, Zone: b.a().TimeZone, Region: b.region()}
	for k, v := range b.data {
		scene.Data[k] = v
	}
	settings, _ := scene.Data["settings"].(map[string]any)
	if settings == nil {
		settings = map[string]any{}
		scene.Data["settings"] = settings
	}
	for id := range b.systems {
		conn := b.account(id)
		if conn == nil {
			continue
		}
		own, _ := settings[id].(map[string]any)
		if own == nil {
			own = map[string]any{}
			settings[id] = own
		}
		for name, v := range conn.Settings {
			own[name] = v
		}
	}
	return scene
}

// region is the country of the phone numbers of its accounts.
func (b *canvasView) region() string {
	for _, conn := range b.conns {
		for _, id := range b.a().Connections {
			if conn.ID == id && conn.Identity.Region != "" {
				return conn.Identity.Region
			}
		}
	}
	return ""
}

// words say what came of it as a whole.
func (t *tried) words() *templates.CanvasTried {
	v := &templates.CanvasTried{Of: "Tried on: " + t.of, Text: "What each step would do stands on its card. Nothing was written, and nobody was asked."}
	would, wrong := 0, 0
	for _, o := range t.out.Steps {
		switch o.Did {
		case automation.Would, automation.Worked:
			would++
		case automation.Wrong:
			wrong++
		}
	}
	switch {
	case t.out.Problem != "":
		v.Text, v.Bad = sentence(t.out.Problem), true
	case !t.out.Passed:
		v.Text, v.Bad = "It does not pass the filter, so nothing would be done. The cards show what would be done if it did. Nothing was written.", true
	case wrong > 0:
		v.Text, v.Bad = templates.Count(wrong, "step cannot be done", "steps cannot be done")+" as things are; its card says why. Nothing was written.", true
	}
	return v
}

// result is what came of a step, the filter or the trigger, nil for nothing.
func (t *tried) result(id string) *templates.CanvasResult {
	if t == nil {
		return nil
	}
	if id == templates.OpenFilter {
		switch {
		case t.out.Problem != "":
			return &templates.CanvasResult{Kind: "bad", Icon: "circle-x", Text: sentence(t.out.Problem)}
		case !t.out.Passed:
			return &templates.CanvasResult{Kind: "warn", Icon: "circle-alert", Text: "Does not pass: " + t.missed()}
		}
		return &templates.CanvasResult{Kind: "ok", Icon: "check", Text: "Passes."}
	}
	for _, o := range t.out.Steps {
		if o.Step != id {
			continue
		}
		r := triedWords[o.Did]
		if r.Text = o.Text; o.Did == automation.Would || o.Did == automation.Worked {
			r.Text = t.says(o)
		}
		return &r
	}
	return nil
}

// told is what came of the step that is open, with the request that would be sent.
func (t *tried) told(id string) *templates.InspectorTried {
	r := t.result(id)
	if r == nil {
		return nil
	}
	out := &templates.InspectorTried{CanvasResult: *r, Title: "Last try: it would work"}
	out.Kind = map[string]string{"ok": "pine", "bad": "bad", "warn": "warn"}[r.Kind]
	switch r.Kind {
	case "bad":
		out.Title = "Last try: it cannot be done"
	case "off":
		out.Title = "Last try: it is left out"
	case "warn":
		out.Title = "Last try: it does not pass"
	}
	for _, o := range t.out.Steps {
		if o.Step != id {
			continue
		}
		if o.Request != nil {
			out.Request = strings.TrimSpace(o.Request.Method + " " + o.Request.Address + "\n" + o.Request.Body)
		}
		if out.Printed = o.Printed; o.Gives != nil && o.Did == automation.Worked {
			gave, _ := json.MarshalIndent(o.Gives, "", "  ") // it was read from JSON
			out.Gave = string(gave)
		}
	}
	return out
}

var triedWords = map[string]templates.CanvasResult{
	automation.Worked: {Kind: "ok", Icon: "check"}, automation.Would: {Kind: "ok", Icon: "flask-conical"}, automation.Skipped: {Kind: "off", Icon: "minus"},
	automation.Wrong: {Kind: "bad", Icon: "circle-x"}, automation.Unreached: {Kind: "off", Icon: "minus"},
}

// says is what would become of a step, with the value that tells most of what it is given.
func (t *tried) says(o automation.Outcome) string {
	what, rest, more := strings.Cut(o.Text, ". ")
	if f := t.tells[o.Step]; more && f != "" && o.Becomes[f] != "" {
		return what + ", “" + cutTo(o.Becomes[f], 80) + "”. " + rest
	}
	return o.Text
}

// missed is the first condition that does not hold.
func (t *tried) missed() string {
	for _, j := range t.out.Filter {
		if !j.Holds {
			return j.Text + ", and it is " + j.Found + "."
		}
	}
	return "no condition holds."
}
