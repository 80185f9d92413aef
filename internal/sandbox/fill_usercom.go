package sandbox

import (
	"strconv"

	"couplet/internal/sandbox/usercom"
)

// fillUserCom gives User.com its staff and its tasks and notes. contacts are the ids by the number of the person.
func (s *Sandbox) fillUserCom(all []Child, contacts map[int]string) {
	for _, who := range Staff {
		if who.On[1] {
			s.UserCom.AddAgent(who.First, who.Last, who.Email)
		}
	}
	for _, c := range all {
		if !c.On[1] || contacts[c.Person] == "" {
			continue
		}
		seeded := usercom.Seeded{Title: c.Title, Body: c.Body, Due: c.Due, Done: c.Done, Owner: c.Owner, Made: c.Made}
		if c.Kind == TaskKind {
			s.UserCom.AddTask(contacts[c.Person], seeded)
			continue
		}
		s.UserCom.AddNote(contacts[c.Person], seeded)
	}
}

// UserComSettings are what an app has to be told about the pretend User.com, because the API does not say it, by the names of
// Couplet's settings of a connection.
func (s *Sandbox) UserComSettings() map[string]string {
	all := map[string]string{"task_type": strconv.Itoa(usercom.TaskType), "note_type": strconv.Itoa(usercom.NoteType), "text_format": "html"}
	if agents := s.UserCom.Agents(); agents != "" {
		all["agents"] = agents
	}
	return all
}
