package highlevel

import "slices"

// taskShelf keeps tasks by id, by contact and in the order of creation.
type taskShelf struct {
	byID      map[string]*Task
	byContact map[string][]string
	order     []string // may hold ids of deleted tasks
}

func newTaskShelf() taskShelf {
	return taskShelf{byID: map[string]*Task{}, byContact: map[string][]string{}}
}

// keep puts a task in, or in the place of its older version, which may be another contact's.
func (s *taskShelf) keep(t *Task) {
	old := s.byID[t.ID]
	s.byID[t.ID] = t
	if old == nil {
		s.order = append(s.order, t.ID)
	} else if old.ContactID == t.ContactID {
		return
	} else {
		s.leave(old)
	}
	s.byContact[t.ContactID] = append(s.byContact[t.ContactID], t.ID)
}

// leave takes a task off its contact.
func (s *taskShelf) leave(t *Task) {
	rest := slices.DeleteFunc(s.byContact[t.ContactID], func(id string) bool { return id == t.ID })
	if s.byContact[t.ContactID] = rest; len(rest) == 0 {
		delete(s.byContact, t.ContactID)
	}
}

func (s *taskShelf) drop(t *Task) {
	delete(s.byID, t.ID)
	s.leave(t)
	if len(s.order) > 2*len(s.byID)+1024 {
		s.order = slices.DeleteFunc(s.order, func(id string) bool { return s.byID[id] == nil })
	}
}

// all lists the living tasks, oldest first.
func (s *taskShelf) all() []*Task {
	out := make([]*Task, 0, len(s.byID))
	for _, id := range s.order {
		if t := s.byID[id]; t != nil {
			out = append(out, t)
		}
	}
	return out
}
