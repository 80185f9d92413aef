package sandbox

import (
	"strings"

	"couplet/internal/sandbox/highlevel"
)

// fillHighLevel gives HighLevel its staff and its tasks and notes. contacts are the ids by the number of the person.
func (s *Sandbox) fillHighLevel(all []Child, contacts map[int]string) {
	for _, who := range Staff {
		if who.On[0] {
			s.HighLevel.AddUser(who.First, who.Last, who.Email)
		}
	}
	for _, c := range all {
		if !c.On[0] || contacts[c.Person] == "" {
			continue
		}
		seeded := highlevel.Seeded{Title: c.Title, Body: c.Body, Due: c.Due, Done: c.Done, Owner: c.Owner, Made: c.Made}
		if c.Kind == TaskKind {
			s.HighLevel.AddTask(contacts[c.Person], seeded)
			continue
		}
		if strings.Count(c.Body, "<") > 2 {
			seeded.Body = otherwise.Replace(c.Body)
		}
		s.HighLevel.AddNote(contacts[c.Person], seeded)
	}
}

// otherwise spells HTML as another editor does, with the same meaning. A plain paragraph is spelled alike on both sides.
var otherwise = strings.NewReplacer("<p>", `<div style="margin:0px">`, "</p>", "</div>", "<b>", "<strong>", "</b>", "</strong>", "<br>", "<br />", "&amp;", "&#38;")
