package sandbox

import "time"

// ExpectedOf is how the seeded tasks, or notes, must end once the people and then they are in step: Linked counts pairs,
// CreatedA those of User.com that are created in HighLevel, CreatedB the reverse. Nobody has to decide about any.
type ExpectedOf struct {
	Linked   int `json:"linked"`
	CreatedA int `json:"created_a"`
	CreatedB int `json:"created_b"`
}

// ExpectOf applies the matching rule to the seeded children of one kind: one of each side that say the same about the same
// person, and are due at the same time, are one; each of the rest is created on the other side. Whom they hang on is
// nobody who has to be decided about.
func ExpectOf(kind string, all []Child) (e ExpectedOf) {
	type said struct {
		person      int
		title, body string
		due         time.Time
	}
	found := map[said][2]int{}
	for _, c := range all {
		if c.Kind != kind {
			continue
		}
		key := said{c.Person, c.Title, c.Body, c.Due}
		n := found[key]
		for side, there := range c.On {
			if there {
				n[side]++
			}
		}
		found[key] = n
	}
	for _, n := range found {
		pairs := min(n[0], n[1])
		e.Linked += pairs
		e.CreatedA += n[1] - pairs
		e.CreatedB += n[0] - pairs
	}
	return e
}
