package sandbox

import (
	"fmt"
	"math/rand/v2"
	"time"

	"couplet/internal/sandbox/kit"
)

// The kinds of Child.
const (
	TaskKind = "task"
	NoteKind = "note"
)

// Child is a seeded task or note of one person, told in the words of neither CRM: each side's fill (fill_highlevel.go,
// fill_usercom.go) makes its own record of it.
type Child struct {
	Kind   string // TaskKind or NoteKind
	Person int    // kit.Person.N
	Title  string // of a task; notes have none
	Body   string // plain text of a task, HTML of a note; may be empty
	Due    time.Time
	Done   bool
	Owner  string // email of a member of the staff, "" for nobody
	Made   time.Time
	On     [2]bool // which sides have it: HighLevel, User.com
}

// Staff are the people who work in the two accounts, by the sides on which they do. The first is in HighLevel from its
// beginning.
var Staff = []struct {
	First, Last, Email string
	On                 [2]bool
}{
	{"Olivia", "Owner", "olivia.owner@example.com", [2]bool{true, true}},
	{"Sam", "Seller", "sam.seller@example.com", [2]bool{true, true}},
	{"Hanna", "Helper", "hanna.helper@example.com", [2]bool{true, false}},
	{"Ursula", "Usher", "ursula.usher@example.com", [2]bool{false, true}},
}

// childTrap is one known difficulty among the tasks and notes of a person who is on both sides.
type childTrap struct {
	name string
	of   func(Child) []Child
}

var both, onlyA, onlyB = [2]bool{true, true}, [2]bool{true, false}, [2]bool{false, true}

var past, future = time.Date(2025, 3, 14, 9, 30, 0, 0, time.UTC), time.Date(2031, 5, 20, 15, 0, 0, 0, time.UTC)

func (c Child) task(title string, due time.Time, on [2]bool) Child {
	c.Kind, c.Title, c.Due, c.On = TaskKind, title, due, on
	return c
}

func (c Child) note(body string, on [2]bool) Child {
	c.Kind, c.Body, c.On = NoteKind, body, on
	return c
}

func (c Child) of(owner string) Child { c.Owner = owner; return c }
func (c Child) done() Child           { c.Done = true; return c }

var childTraps = []childTrap{
	{"the same title twice on one contact, due on other days", func(c Child) []Child {
		return []Child{c.task("Call back", future, both), c.task("Call back", future.AddDate(0, 0, 7), both)}
	}},
	{"the same title twice on one contact, once on each side", func(c Child) []Child {
		return []Child{c.task("Send the offer", future, onlyA), c.task("Send the offer", future.AddDate(0, 1, 0), onlyB)}
	}},
	{"a task without a due date, which HighLevel cannot hold", func(c Child) []Child {
		return []Child{c.task("Ask for a reference some day", time.Time{}, onlyB)}
	}},
	{"overdue, and overdue but done", func(c Child) []Child {
		return []Child{c.task("Renew the contract", past, both), c.task("Check the invoice", past, both).done()}
	}},
	{"done on one side only", func(c Child) []Child {
		return []Child{c.task("Welcome call", past, onlyA).done(), c.task("Birthday card", past, onlyB).done()}
	}},
	{"assigned to somebody on both sides, to somebody on one, to nobody", func(c Child) []Child {
		return []Child{
			c.task("Plan the workshop", future, both).of(Staff[1].Email), c.task("Prepare the demo", future, onlyA).of(Staff[2].Email),
			c.task("Write the summary", future, onlyB).of(Staff[3].Email), c.task("Sort the papers", future, both),
		}
	}},
	{"a note that is equal on both sides", func(c Child) []Child {
		return []Child{c.note("<p>Prefers calls in the morning.</p>", both)}
	}},
	{"a note in HTML that the sides spell differently", func(c Child) []Child {
		return []Child{c.note("<p>Met at the <b>fair</b> &amp; asked for:</p><ul><li>prices</li><li>a demo</li></ul>", both)}
	}},
	{"the same note twice on one contact", func(c Child) []Child {
		later := c
		later.Made = c.Made.AddDate(0, 0, 3)
		return []Child{c.note("<p>No answer.</p>", both), later.note("<p>No answer.</p>", both)}
	}},
	{"a long note with a link, on one side only", func(c Child) []Child {
		return []Child{c.note(`<p>See <a href="https://example.com/offer?a=1&amp;b=2">the offer</a>.<br>Żółta teczka, „pilne“.</p>`, onlyA)}
	}},
}

var taskTitles = []string{"Call", "Send the contract", "Follow up", "Check the delivery", "Invite to the webinar", "Ask for feedback"}
var noteWords = []string{"Asked about prices.", "Moved to a new office.", "Is on holiday until Monday.", "Wants to talk to support.", "Likes the new version.<br>Will tell others."}

// children gives some of the people from number first on tasks and notes: nobody whose own record is a trap. The first
// ones who are on both sides get the traps. It draws from a source of its own, so that the people stay who they are.
func children(p People, first int, seed int64) []Child {
	rng := rand.New(rand.NewPCG(uint64(seed), 0xc41d))
	on, made := map[int][2]bool{}, map[int]time.Time{}
	last := 0
	for side, list := range [][]kit.Person{p.HighLevel, p.UserCom} {
		for _, one := range list {
			where := on[one.N]
			where[side] = true
			on[one.N], made[one.N] = where, one.Created
			last = max(last, one.N)
		}
	}
	var all []Child
	traps := childTraps
	for n := first; n <= last; n++ {
		base := Child{Person: n, Made: made[n].Add(time.Hour)}
		if on[n] == both && len(traps) > 0 {
			all, traps = append(all, traps[0].of(base)...), traps[1:]
			continue
		}
		for i := range rng.IntN(12) - 8 { // a quarter has some
			where := on[n]
			if where == both {
				where = [][2]bool{both, onlyA, onlyB}[rng.IntN(3)]
			}
			c := base
			c.Made = c.Made.Add(time.Duration(i) * 26 * time.Hour)
			if rng.IntN(2) == 0 {
				c = c.note(fmt.Sprintf("<p>%s</p>", noteWords[rng.IntN(len(noteWords))]), where)
			} else {
				c = c.task(fmt.Sprintf("%s (%d)", taskTitles[rng.IntN(len(taskTitles))], i+1), future.AddDate(0, 0, rng.IntN(200)), where)
				c.Done = rng.IntN(3) == 0
				if who := rng.IntN(2 * len(Staff)); who < len(Staff) && (Staff[who].On == both || Staff[who].On == where) {
					c.Owner = Staff[who].Email
				}
			}
			all = append(all, c)
		}
	}
	return all
}
