package flow

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// Export writes a flow file in the order and form of the documentation (cli.md, "The flow file"). It says what f says
// and leaves out what f leaves out, so Parse of it gives f again. A secret is never written: each stands as a variable
// that is named after its connection.
func Export(f File) ([]byte, error) {
	w := &writer{}
	w.line(0, "version: %d", f.Version)
	secrets := secretNames(f.Connections)
	if len(f.Connections) > 0 {
		w.line(0, "connections:")
	}
	for i, c := range f.Connections {
		w.connection(c, secrets[i])
	}
	if len(f.Flows) > 0 {
		w.line(0, "flows:")
	}
	for _, s := range f.Flows {
		w.flow(s)
	}
	if bytes.Count(w.buf.Bytes(), []byte("${")) != w.secrets {
		return nil, errors.New("a value holds ${, which a flow file would read as a variable; change that value first")
	}
	// What cannot be read again must not be handed out: it would be missed only when it is needed.
	env := func(string) (string, bool) { return "secret", true }
	if _, err := Parse("export", w.buf.Bytes(), env); err != nil {
		return nil, fmt.Errorf("this could not be written as a flow file that can be read again: %w", err)
	}
	return w.buf.Bytes(), nil
}

// SecretNames are the variables that stand for the secrets of connections in an exported file, by connection name. One
// that a person connects in the browser has none, and its name stands in no file.
func SecretNames(connections []Connection) map[string]string {
	out := map[string]string{}
	for i, name := range secretNames(connections) {
		out[connections[i].Name] = name
	}
	return out
}

var notUpper = regexp.MustCompile(`[^A-Z0-9]+`)

func secretNames(connections []Connection) []string {
	var out []string
	for _, c := range connections {
		stem := strings.Trim(notUpper.ReplaceAllString(strings.ToUpper(c.Name), "_"), "_")
		if stem == "" || stem[0] <= '9' {
			stem = "CONNECTION_" + stem
		}
		stem = strings.TrimSuffix(stem, "_")
		what := "_TOKEN"
		if c.Auth.Kind == AuthClient {
			what = "_CLIENT_SECRET"
		}
		name := stem + what
		for n := 2; slices.Contains(out, name); n++ {
			name = stem + "_" + strconv.Itoa(n) + what
		}
		out = append(out, name)
	}
	return out
}

// writer writes YAML line by line, because no encoder knows which groups the documentation writes on one line.
type writer struct {
	buf bytes.Buffer
	// depth is that of the settings of a flow.
	depth int
	// secrets is the number of variables that stand for one.
	secrets int
}

func (w *writer) line(depth int, format string, args ...any) {
	w.buf.WriteString(strings.Repeat("  ", depth))
	fmt.Fprintf(&w.buf, format, args...)
	w.buf.WriteByte('\n')
}

// words is a group of names that the system knows, on one line.
func words(all map[string]string) string {
	var pairs []string
	for _, k := range slices.Sorted(maps.Keys(all)) {
		pairs = append(pairs, name(k)+": "+scalar(all[k]))
	}
	return group(pairs)
}

func (w *writer) connection(c Connection, secret string) {
	w.line(1, "- name: %s", scalar(c.Name))
	w.line(2, "system: %s", scalar(c.System))
	w.line(2, "auth: %s", w.auth(c.Auth, secret))
	if c.Account != nil {
		w.line(2, "account: %s", words(c.Account))
	}
	if c.Settings != nil {
		w.line(2, "settings: %s", words(c.Settings))
	}
	if c.BaseURL != "" {
		w.line(2, "base_url: %s", scalar(c.BaseURL))
	}
	if c.Limits.PerSecond != 0 {
		w.line(2, "limits: { per_second: %s }", strconv.FormatFloat(c.Limits.PerSecond, 'f', -1, 64))
	}
}

func (w *writer) auth(a Auth, secret string) string {
	pairs := []string{pair("kind", a.Kind)}
	switch a.Kind {
	case AuthConsent: // the tokens come when a person connects it
		return group(pairs)
	case AuthClient:
		pairs = append(pairs, pair("client_id", a.ClientID))
		if a.ClientID != "" {
			w.secrets++
			pairs = append(pairs, `client_secret: "${`+secret+`}"`)
		}
		pairs = append(pairs, pair("token_url", a.TokenURL))
		if len(a.Scopes) > 0 {
			pairs = append(pairs, "scopes: "+list(a.Scopes))
		}
		return group(pairs)
	}
	w.secrets++
	return group(append([]string{"kind: " + scalar(a.Kind)}, `token: "${`+secret+`}"`))
}

func (w *writer) flow(s FlowSpec) {
	w.line(1, "- name: %s", scalar(s.Name))
	w.line(2, "template: %s", scalar(s.Template))
	w.line(2, "connections: { a: %s, b: %s }", scalar(s.Connections[connector.A]), scalar(s.Connections[connector.B]))
	w.settings(s, 2)
}

// settings are what a flow says besides its name, its template and its connections.
func (w *writer) settings(s FlowSpec, depth int) {
	w.depth = depth
	if s.Enabled != nil {
		w.line(w.depth, "enabled: %t", *s.Enabled)
	}
	w.word("direction", string(s.Direction))
	if s.Schedule != nil {
		w.group("schedule", some("every", s.Schedule.Every), pair("cron", s.Schedule.Cron), pair("time_zone", s.Schedule.TimeZone))
	}
	if s.Match != nil {
		w.line(w.depth, "match: %s", list(s.Match))
	}
	if s.Map != nil {
		w.rows(s.Map)
	}
	w.word("conflict", string(s.Conflict))
	w.word("blank", string(s.Blank))
	w.word("delete", string(s.Delete))
	w.word("scope", string(s.Scope))
	if s.Records != nil {
		w.line(w.depth, "records: %s", list(s.Records))
	}
	if s.Watch {
		w.line(w.depth, "watch: true")
	}
	brake := []string{}
	if s.Brake.Change != nil {
		brake = append(brake, "change: "+s.Brake.Change.String())
	}
	if s.Brake.Delete != nil {
		brake = append(brake, "delete: "+s.Brake.Delete.String())
	}
	w.group("brake", brake...)
	if r := retryText(s.Retry); r != "{}" {
		w.line(w.depth, "retry: %s", r)
	}
	w.word("region", s.Region)
}

func (w *writer) rows(rows []Row) {
	if len(rows) == 0 {
		w.line(w.depth, "map: []")
		return
	}
	w.line(w.depth, "map:")
	for _, row := range rows {
		w.line(w.depth+1, "- %s", rowText(row))
	}
}

// rowText is a row of a map on one line.
func rowText(row Row) string {
	return group([]string{"a: " + names(row.A), "b: " + names(row.B), pair("direction", string(row.Direction)), pair("transform", row.Transform), steps(row.Steps),
		pair("conflict", string(row.Conflict)), pair("blank", string(row.Blank))})
}

// retryText is how often and when something is tried again, on one line.
func retryText(r Retry) string {
	attempts := ""
	if r.MaxAttempts != 0 {
		attempts = "max_attempts: " + strconv.Itoa(r.MaxAttempts)
	}
	return group([]string{attempts, some("base", r.Base), some("max", r.Max)})
}

func (w *writer) word(key, value string) {
	if value != "" {
		w.line(w.depth, "%s: %s", key, scalar(value))
	}
}

// group writes a group that has anything in it.
func (w *writer) group(key string, pairs ...string) {
	if g := group(pairs); g != "{}" {
		w.line(w.depth, "%s: %s", key, g)
	}
}

func group(pairs []string) string {
	pairs = slices.DeleteFunc(slices.Clone(pairs), func(p string) bool { return p == "" })
	if len(pairs) == 0 {
		return "{}"
	}
	return "{ " + strings.Join(pairs, ", ") + " }"
}

func pair(key, value string) string {
	if value == "" {
		return ""
	}
	return key + ": " + scalar(value)
}

func some(key string, d Duration) string {
	if d == 0 {
		return ""
	}
	return key + ": " + d.String()
}

// steps are those of a row: the name of one without settings, else a group.
func steps(all []mapping.Step) string {
	if len(all) == 0 {
		return ""
	}
	out := make([]string, len(all))
	for i, st := range all {
		if out[i] = scalar(st.Do); len(st.With) > 0 {
			pairs := []string{"do: " + out[i]}
			for _, name := range slices.Sorted(maps.Keys(st.With)) {
				pairs = append(pairs, pair(name, st.With[name]))
			}
			out[i] = group(pairs)
		}
	}
	return "steps: [" + strings.Join(out, ", ") + "]"
}

func names(n mapping.Names) string {
	if len(n) == 1 {
		return scalar(n[0])
	}
	return list(n)
}

func list[S ~string](texts []S) string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = scalar(string(t))
	}
	return "[" + strings.Join(out, ", ") + "]"
}

var (
	// bare is what YAML takes for a text without quotes wherever it stands, unless it is one of the words of taken.
	bare  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_./-]*(:[A-Za-z0-9_./-]+)*$`)
	taken = regexp.MustCompile(`(?i)^(true|false|null|yes|no|on|off|y|n|nan|inf)$`)
)

// name writes the name of a value: one that holds a colon needs quotes there, or it would end at it.
func name(s string) string {
	if strings.Contains(s, ":") {
		return quoted(s)
	}
	return scalar(s)
}

// scalar writes a text, in quotes where YAML could take it for something else.
func scalar(s string) string {
	if bare.MatchString(s) && !taken.MatchString(s) {
		return s
	}
	return quoted(s)
}

func quoted(s string) string {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return strconv.Quote(s)
	}
	return strings.TrimSuffix(buf.String(), "\n")
}
