package usercom

import (
	"html"
	"regexp"
	"strings"
	"unicode/utf8"

	"couplet/internal/connector"
)

// activity is a task or a note as the API shows it. Its model page and its samples give different names to the same
// fields, and which ones the server uses is not known, so both are read (sections 2, 8).
type activity map[string]any

// sampleNames are the names of the samples by those of the model page.
var sampleNames = map[string]string{"due_date": "datetime", "user_id": "person"}

func (a activity) id() string { return number(a["id"]) }

// at finds a value under either of its names.
func (a activity) at(name string) (v any, shown bool) {
	if v, shown = a[name]; !shown && sampleNames[name] != "" {
		v, shown = a[sampleNames[name]]
	}
	return v, shown
}

// person is the id of the contact that the activity is about, "" when it is about none.
func (a activity) person() string {
	v, _ := a.at("user_id")
	if one, ok := v.(map[string]any); ok {
		v = one["id"]
	}
	return number(v)
}

// record makes a record of an activity.
func (c *Connector) child(s shelf, a activity) connector.Record {
	rec := connector.Record{Ref: connector.Ref{Object: s.object.Name, ID: a.id(), Parent: a.person()}, Fields: connector.Fields{}}
	rec.Version, _ = a["updated_at"].(string)
	rec.Created = instant(a["created_at"])
	for _, f := range c.fieldsOf(s.object) {
		name := f.Name
		if s.kind == "" && name == "description" {
			name = "content"
		}
		if v, shown := a.at(name); shown {
			rec.Fields[f.Name] = value(f.Type, v)
		}
	}
	return rec
}

// summary is the name of a note: the first words of its text.
func (c *Connector) summary(text string) string {
	if c.acc.Setting(spec, setTextFormat) == "html" {
		text = untagged(text)
	}
	text = strings.Join(strings.Fields(text), " ")
	const limit = 60
	if utf8.RuneCountInString(text) > limit {
		cut := string([]rune(text)[:limit])
		if at := strings.LastIndexByte(cut, ' '); at > limit/2 {
			cut = cut[:at]
		}
		text = cut + "…"
	}
	if text == "" {
		return "Note"
	}
	return text
}

var tags = regexp.MustCompile(`<[^>]*>`)

// untagged is the text of HTML, roughly: good enough for a title.
func untagged(s string) string { return html.UnescapeString(tags.ReplaceAllString(s, " ")) }
