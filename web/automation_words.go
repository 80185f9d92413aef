package web

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"couplet/internal/automation"
	"couplet/internal/connector"
	"couplet/internal/flow"
	"couplet/templates"
)

// title is what a card says that a step does.
func (b *canvasView) title(st automation.Step) string {
	if st.Name != "" {
		return st.Name
	}
	switch st.Kind {
	case automation.Condition:
		if !st.If.IsZero() {
			return "If " + st.If.Words(b.all)
		}
	case automation.Pause:
		return waitWords(st.Wait, b.all)
	case automation.Each:
		if st.Over != "" {
			return "For each of " + automation.Told(b.all, st.Over)
		}
	case automation.Request:
		if host := hostIn(st.HTTP.URL); host != "" {
			return "Call " + host
		}
	}
	if t := b.systems.Title(st); t != "" {
		return t
	}
	return "A step that is not known"
}

// does is the line below: what it is given, or what it is about.
func (b *canvasView) does(st automation.Step) string {
	switch st.Kind {
	case automation.Operation:
		o, ok := b.systems.Find(st)
		if !ok {
			return "This operation is not in the catalog"
		}
		if given := b.given(o, st); given != "" {
			return given
		}
		return o.Does
	case automation.Condition:
		if st.Name != "" && !st.If.IsZero() {
			return templates.Capital(st.If.Words(b.all))
		}
		return "Two paths, of which one is taken"
	case automation.Pause:
		if st.Wait.Until == automation.WorkingDay || st.Wait.Until == automation.NextDay {
			zone := st.Wait.TimeZone
			if zone == "" {
				zone = b.a().TimeZone
			}
			if zone == "" {
				zone = "UTC"
			}
			return "Time zone " + zone
		}
		return "Then it goes on"
	case automation.Request:
		return strings.TrimSpace(st.HTTP.Method + " " + st.HTTP.URL)
	}
	i := slices.IndexFunc(automation.StepKinds, func(w automation.Word) bool { return w.ID == st.Kind })
	if i < 0 {
		return ""
	}
	return automation.StepKinds[i].Help
}

// given is what an operation is given, in a line.
func (b *canvasView) given(o *connector.Operation, st automation.Step) string {
	t := telling(o, st)
	if t.Name == "" {
		return ""
	}
	return t.Label + ": " + automation.Told(b.all, st.With[t.Name])
}

// telling is what tells most of what an operation is given: the first text that is not only an id, else what comes first.
func telling(o *connector.Operation, st automation.Step) (first connector.Take) {
	for _, t := range o.Takes {
		if !t.Asked() || strings.TrimSpace(st.With[t.Name]) == "" {
			continue
		}
		if first.Name == "" {
			first = t
		}
		if lower := strings.ToLower(t.Name); !strings.HasSuffix(lower, "id") && (t.Type == "text" || t.Type == "list") {
			return t
		}
	}
	return first
}

func waitWords(w automation.Wait, known []automation.Value) string {
	switch w.Until {
	case automation.WorkingDay:
		return "Wait until the next working day, " + w.At
	case automation.NextDay:
		return "Wait until the next day, " + w.At
	case automation.Moment:
		before := ""
		if w.Before > 0 {
			before = automation.Span(w.Before.D()) + " before "
		}
		return "Wait until " + before + automation.Told(known, w.Moment)
	}
	if w.For > 0 {
		return "Wait " + automation.Span(w.For.D())
	}
	return "Wait"
}

// hostIn is the host of an address that may have pills behind it.
func hostIn(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	host, _, _ := strings.Cut(rest, "/")
	return host
}

// shown is a value in a line.
func shown(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return cutTo(v, 60)
	case bool:
		return map[bool]string{true: "yes", false: "no"}[v]
	case time.Time:
		return v.Format(time.RFC3339)
	case []any:
		var out []string
		for _, x := range v {
			out = append(out, shown(x))
		}
		return cutTo(strings.Join(out, ", "), 60)
	}
	text, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return cutTo(string(text), 60)
}

func cutTo(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

// span is a time span as it is typed, "" for none.
func span(d flow.Duration) string {
	if d == 0 {
		return ""
	}
	return d.String()
}
