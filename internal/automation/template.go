package automation

import (
	"embed"
	"fmt"
	"path"
	"strings"
	"sync"
)

//go:embed templates/*.yaml
var templateFiles embed.FS

// Template is an automation that is ready but for its accounts.
type Template struct {
	ID string
	// Title is the automation's name, Description the comment that its file begins with.
	Title, Description string
	Automation         Automation
}

// Systems are the systems whose accounts it needs, in the order in which it names them, the trigger's first.
func (t Template) Systems() []string { return SystemsOf(t.Automation) }

// SystemsOf are the systems that an automation works with, the trigger's first.
func SystemsOf(a Automation) (out []string) {
	add := func(id string) {
		for _, have := range out {
			if have == id {
				return
			}
		}
		if id != "" {
			out = append(out, id)
		}
	}
	add(a.Trigger.System)
	Walk(a, func(_ string, st Step) { add(st.System) })
	return out
}

// Templates are all templates, in the order of their files.
var Templates = sync.OnceValue(func() []Template {
	entries, err := templateFiles.ReadDir("templates")
	if err != nil {
		panic(err) // the files are part of the program
	}
	var out []Template
	for _, e := range entries {
		data, _ := templateFiles.ReadFile(path.Join("templates", e.Name()))
		a, err := Read(e.Name(), data)
		if err != nil {
			panic(err) // no test run gets past this line
		}
		a.Template = strings.TrimSuffix(e.Name(), ".yaml")
		out = append(out, Template{ID: a.Template, Title: a.Name, Description: comment(data), Automation: a})
	}
	return out
})

// comment is the comment that a file begins with, as one text.
func comment(data []byte) string {
	var out []string
	for line := range strings.SplitSeq(string(data), "\n") {
		said, is := strings.CutPrefix(line, "#")
		if !is {
			break
		}
		out = append(out, strings.TrimSpace(said))
	}
	return strings.Join(out, " ")
}

// TemplateNamed returns the template of that id. Its error names those that exist.
func TemplateNamed(id string) (Template, error) {
	var known []string
	for _, t := range Templates() {
		if t.ID == id {
			return t, nil
		}
		known = append(known, t.ID)
	}
	return Template{}, fmt.Errorf("template %q is not known; use one of %s", id, strings.Join(known, ", "))
}
