package automation

import (
	"cmp"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"couplet/internal/automation/script"
	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// check is what is wrong with one step.
func (c *checker) check(st Step) {
	switch st.Kind {
	case Operation:
		c.operation(st)
	case Condition:
		if st.If.IsZero() {
			c.add("if", "nothing decides between the two paths; add a condition")
		}
		if len(st.Then) == 0 && len(st.Else) == 0 {
			c.add("then", "both paths are empty, so it decides nothing; add a step to one, or remove it")
		}
	case Each:
		c.each(st)
	case Pause:
		c.wait(st.Wait)
	case Request:
		c.request(st)
	case Script:
		c.script(st)
	case Stop:
	case "":
		c.add("kind", "this step does nothing yet; choose what it does")
	default:
		c.add("kind", "a step of kind %q is not known; use one of %s", st.Kind, strings.Join(ids(StepKinds), ", "))
	}
	c.filter("if", st.If)
	c.surplus(st)
	if st.Fail != "" && titled(Fails, st.Fail) == "" {
		c.add("fail", "%q is no way to go on when a step fails; use one of %s", st.Fail, strings.Join(ids(Fails), ", "))
	}
	if d := st.FailFor.D(); d < 0 || d > LongestFail {
		c.add("fail_for", "it would be tried again for %s, and %s is the longest; shorten it", st.FailFor, Span(LongestFail))
	}
	c.retry(st)
}

// retry is how a step that failed is tried again.
func (c *checker) retry(st Step) {
	r, longest := st.Retry, LongestFail
	switch {
	case r == Retry{}:
		return
	case st.Kind != Operation && st.Kind != Request && st.Kind != Script:
		c.add("retry", "a step that cannot fail is not tried again; leave retry out")
	}
	if r.Tries < 0 || r.Tries > MostTries {
		c.add("retry.tries", "%d is no number of tries; write one from 1 to %d, or leave it out", r.Tries, MostTries)
	}
	if d := r.First.D(); d < 0 || d > longest || d > 0 && d < time.Second {
		c.add("retry.first", "%s is no time before the next try; write one from 1s to %s", r.First, Span(longest))
	}
	if d := r.Longest.D(); d < 0 || d > longest || d > 0 && d < max(r.First.D(), time.Second) {
		c.add("retry.longest", "%s is no longest time between two tries; write one from %s to %s", r.Longest, Span(max(r.First.D(), time.Second)), Span(longest))
	}
	if last := r.First.D(); st.Fail == "" || st.Fail == Again {
		if f := cmp.Or(st.FailFor.D(), UsualFail); last > f {
			c.add("retry.first", "the next try would come after %s, and it is tried for %s only; shorten the one or lengthen the other", r.First, Span(f))
		}
	}
}

// surplus is what a step of another kind left behind.
func (c *checker) surplus(st Step) {
	for field, is := range map[string]bool{
		"operation": (st.System != "" || st.Operation != "") && st.Kind != Operation,
		"then":      (len(st.Then) > 0 || len(st.Else) > 0) && st.Kind != Condition,
		"do":        (st.Over != "" || st.Most != 0 || len(st.Do) > 0) && st.Kind != Each,
		"wait":      st.Wait != Wait{} && st.Kind != Pause,
		"http":      !st.HTTP.IsZero() && st.Kind != Request,
		"code":      st.Code != "" && st.Kind != Script,
		"with":      len(st.With) > 0 && st.Kind != Operation && st.Kind != Request && st.Kind != Script,
	} {
		if is && titled(StepKinds, st.Kind) != "" {
			c.add(field, "a step “%s” has no %s; take it out", titled(StepKinds, st.Kind), field)
		}
	}
}

func (c *checker) operation(st Step) {
	sys, ok := c.s[st.System]
	if !ok {
		c.add("system", "system %q is not known; use one of %s", st.System, strings.Join(sorted(c.s), ", "))
		return
	}
	o, ok := c.s.Find(st)
	if !ok {
		c.add("operation", "%s has no operation %q; choose one of the catalog", sys.Spec.Name, st.Operation)
		return
	}
	for _, t := range o.Takes {
		text := st.With[t.Name]
		switch {
		case !t.Asked():
			if _, given := st.With[t.Name]; given {
				c.add("with."+t.Name, "%s is filled in from the account; leave it out", t.Name)
			}
		case strings.TrimSpace(text) == "" && t.Required:
			c.add("with."+t.Name, "“%s” is missing: “%s” cannot be done without it; fill it in", t.Label, o.Title)
		default:
			c.text("with."+t.Name, "“"+t.Label+"”", text, t)
		}
	}
	if len(o.OneOf) > 0 && !slices.ContainsFunc(o.OneOf, func(name string) bool { return strings.TrimSpace(st.With[name]) != "" }) {
		c.add("with."+o.OneOf[0], "%s is missing: “%s” cannot be done without; fill one in", o.Choice(), o.Title)
	}
	for _, name := range sorted(st.With) {
		if slices.ContainsFunc(o.Takes, func(t connector.Take) bool { return t.Name == name }) {
			continue
		}
		if o.More == "" {
			c.add("with."+name, "“%s” does not take %q; take it out", o.Title, name)
			continue
		}
		c.text("with."+name, name, st.With[name], connector.Take{Type: "data"})
	}
}

// text checks a text with pills for a value that takes it, called so in messages.
func (c *checker) text(field, label, text string, t connector.Take) {
	if len(text) > longestText {
		c.add(field, "%s is longer than %d characters; shorten it", label, longestText)
		return
	}
	pieces, err := Pieces(text)
	if err != nil {
		c.add(field, "%s: %s", label, err)
		return
	}
	kind, sure := "text", true
	for _, p := range pieces {
		if p.Pill == nil {
			continue
		}
		kind = c.pill(field, p.Pill)
		sure = false
	}
	switch {
	case len(pieces) == 0:
	case sure && t.Type != "data" && t.Type != "":
		if looks := t.Looks(text); looks != "" {
			c.add(field, "%s is not %s; give it in that form", label, looks)
		}
	case len(pieces) == 1 && kind != "" && !fits(kind, t):
		c.add(field, "%s takes %s, and %s gives %s; choose another value", label, called(t.Type), pieces[0].Pill, called(kind))
	case len(pieces) > 1 && (!fits("text", t) || slices.Contains([]string{"date", "time", "yes_no"}, t.Type)):
		c.add(field, "%s takes %s, and a text with something around a value is none; leave the value alone there", label, called(t.Type))
	}
}

// fits reports whether a value of a type can be given for what takes another. What is written in a text may be anything.
func fits(kind string, t connector.Take) bool {
	switch t.Type {
	case "", "data", kind:
		return true
	case "number":
		return slices.Contains(texts, kind)
	case "yes_no":
		return slices.Contains(texts, kind)
	case "time", "date":
		return slices.Contains(texts, kind)
	case "list":
		return slices.Contains(texts, kind)
	}
	return kind != "list" && kind != "data" // what takes a text
}

// pill checks what a pill names and returns the type of what it gives, "" where that is not known.
func (c *checker) pill(field string, p *Pill) (kind string) {
	for i, t := range p.Of {
		if t.Path == "" {
			continue
		}
		v, ok := lookUp(c.known, t.Path)
		switch {
		case !ok:
			c.unknown(field, t.Path)
		case v.Maybe && len(p.Of) == 1:
			c.add(field, "%s may be empty: step %s is not always done; write what to use then, such as {{%s or \"…\"}}", p, Number(c.a, PlaceOf(c.a, v.Step)), t.Path)
		}
		if i == 0 || v.Type == kind {
			kind = v.Type
		} else {
			kind = ""
		}
	}
	for _, s := range p.Steps {
		if s.Do == owner {
			if len(s.With) > 0 {
				c.add(field, "%s: the step %s has no settings; take them out", p, owner)
			}
			kind = ""
			continue
		}
		if m, own := moments[s.Do]; own {
			if why := m.wrong(s.With); why != "" {
				c.add(field, "%s: %s", p, why)
			} else if kind != "" && !slices.Contains(times, kind) && !slices.Contains(texts, kind) {
				c.add(field, "%s: the step %s works on a moment, and this is %s", p, s.Do, called(kind))
			}
			kind = "time"
			continue
		}
		if err := mapping.CheckAlone(s); err != nil {
			c.add(field, "%s: %s", p, err)
		}
		kind = ""
	}
	return kind
}

// unknown says of a path why nothing is there, which depends on where it is.
func (c *checker) unknown(field, path string) {
	here, there := PlaceOf(c.a, c.step), PlaceOf(c.a, root(path))
	if v, ok := lookUp(c.s.values(c.a, AtEnd, c.given), path); c.step == "" || there == "" || !ok || v.Step != root(path) {
		c.add(field, "there is no value %q here; choose one of the list", path)
		return
	}
	switch n := Number(c.a, there); {
	case here == there:
		c.add(field, "%q is what this step itself gives; choose a value of a step before it", path)
	case inOther(here, there):
		c.add(field, "%q comes from step %s, which stands in the other path; choose a value that is there in this one", path, n)
	default:
		c.add(field, "%q comes from step %s, which is done later; move that step up, or choose another value", path, n)
	}
}

// inOther reports whether two places stand in the two paths of one condition.
func inOther(x, y string) bool {
	xs, ys := strings.Split(x, "/"), strings.Split(y, "/")
	for i := range min(len(xs), len(ys)) {
		if xs[i] != ys[i] {
			return i%2 == 1
		}
	}
	return false
}

func (c *checker) each(st Step) {
	if st.Over == "" {
		c.add("over", "it goes through no list yet; choose one that a step before gives")
	} else if path := onlyPath(st.Over); path == "" {
		c.add("over", "%q is no list; choose one value that is a list, such as {{contact.tags}}", short(st.Over))
	} else if v, ok := lookUp(c.known, path); !ok {
		c.unknown("over", path)
	} else if v.Type != "list" && v.Type != "data" && v.Type != "" {
		c.add("over", "“%s” is %s and no list; choose another value", v.Label, called(v.Type))
	}
	if st.Most < 0 || st.Most > MostEach {
		c.add("most", "%d members of a list are too many, or none; write a number from 1 to %d", st.Most, MostEach)
	}
	if len(st.Do) == 0 {
		c.add("do", "nothing is done with the members of the list; add a step in it")
	}
}

func (c *checker) wait(w Wait) {
	switch {
	case w.For != 0 && w.Until != "":
		c.add("wait", "it waits for a time and until a moment; keep one of the two")
	case w.For == 0 && w.Until == "":
		c.add("wait", "it does not say how long; give a time such as 2h, or a moment")
	case w.For < 0 || w.For.D() > LongestWait:
		c.add("wait.for", "%s is no time to wait; the longest is %s", w.For, Span(LongestWait))
	case w.Until != "" && titled(Untils, w.Until) == "":
		c.add("wait.until", "%q is no moment that is known; use one of %s", w.Until, strings.Join(ids(Untils), ", "))
	}
	if _, err := time.Parse("15:04", w.At); (w.Until == WorkingDay || w.Until == NextDay || w.At != "") && err != nil {
		c.add("wait.at", "%q is no time of day; write it like 09:00", w.At)
	}
	if why := mapping.BadZone(w.TimeZone); why != "" {
		c.add("wait.time_zone", "%s", why)
	}
	if w.Before < 0 || w.Before.D() > LongestWait {
		c.add("wait.before", "%s before the moment is too long, or none; the longest is %s", w.Before, Span(LongestWait))
	}
	if w.Until == Moment {
		if w.Moment == "" {
			c.add("wait.moment", "it does not say which moment; choose a value such as {{appointment.startTime}}")
		}
		c.text("wait.moment", "The moment", w.Moment, connector.Take{Type: "time"})
	} else if w.Moment != "" || w.Before != 0 {
		c.add("wait.moment", "a moment is given, and it does not wait until one; choose “%s”, or take it out", titled(Untils, Moment))
	}
}

// methods are those of requests.
var methods = []string{"GET", "POST", "PUT", "PATCH", "DELETE"}

func (c *checker) request(st Step) {
	h := st.HTTP
	if !slices.Contains(methods, h.Method) {
		c.add("http.method", "%q is no method; use one of %s", h.Method, strings.Join(methods, ", "))
	}
	if h.Body != "" && len(st.With) > 0 {
		c.add("http.body", "it has a body and fields; keep one of the two")
	}
	if h.Method == "GET" && (h.Body != "" || len(st.With) > 0) {
		c.add("http.body", "a GET carries no body; put the values into the address, or choose POST")
	}
	if why := badAddress(h.URL); why != "" {
		c.add("http.url", "the address %s", why)
	}
	c.text("http.url", "The address", h.URL, connector.Take{})
	c.text("http.body", "The body", h.Body, connector.Take{})
	for _, name := range sorted(h.Headers) {
		c.text("http.headers."+name, name, h.Headers[name], connector.Take{})
	}
	for _, name := range sorted(st.With) {
		c.text("with."+name, name, st.With[name], connector.Take{})
	}
}

// badAddress says what is wrong with the address of a request, before its pills have values. Whether its host may be called is
// decided again when it is.
func badAddress(address string) string {
	if address == "" {
		return "is missing; write it like https://example.com/hook"
	}
	scheme, rest, ok := strings.Cut(address, "://")
	host, _, _ := strings.Cut(rest, "/")
	host, _, _ = strings.Cut(host, "?")
	switch {
	case !ok || scheme != "https" && scheme != "http":
		return "does not begin with https://; write it in full"
	case strings.Contains(host, "{{"):
		return "has a value in its host, so it could lead anywhere; write the host out"
	}
	u, err := url.Parse(scheme + "://" + host)
	if err != nil || u.Hostname() == "" || u.User != nil {
		return "has no host, or a name and password before it; write it like https://example.com/hook"
	}
	name := strings.ToLower(u.Hostname())
	ip, err := netip.ParseAddr(name)
	if ip = ip.Unmap(); name == "localhost" || strings.HasSuffix(name, ".localhost") || err == nil && (!ip.IsGlobalUnicast() || ip.IsPrivate()) {
		return "leads into a private network, which is never called; use one that anybody can reach"
	}
	return ""
}

func (c *checker) script(st Step) {
	switch {
	case strings.TrimSpace(st.Code) == "":
		c.add("code", "the script is empty; define run(input), which returns what comes out")
	case len(st.Code) > longestCode:
		c.add("code", "the script is longer than %d characters; shorten it", longestCode)
	default:
		for _, e := range script.Check(st.Code) {
			c.add("code", "%s", e)
		}
	}
	for _, name := range sorted(st.With) {
		c.text("with."+name, name, st.With[name], connector.Take{})
	}
}

// Span is a time in words: "2 days", "1 hour 30 minutes".
func Span(d time.Duration) string {
	var out []string
	for _, unit := range []struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}} {
		n := d / unit.of
		if d -= n * unit.of; n > 0 {
			s := fmt.Sprintf("%d %s", n, unit.name)
			if n != 1 {
				s += "s"
			}
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return "no time"
	}
	return strings.Join(out, " ")
}
