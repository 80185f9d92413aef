package browsertest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"couplet/internal/automation"
)

// changes are what sets each template of the gallery off, and what its steps come to in the other system.
type changes struct {
	w *world
	b *tab
	h hand
	// two are the numbers of whoever a change is about, by the system that holds them.
	two      map[string]string
	calendar string
}

// templateTries say, for each template of an automation, what somebody does, and how they see what came of it: in one of the systems
// stands a text that nothing else makes. word is different in each try. told is whether its system calls.
var templateTries = map[string]struct {
	told   bool
	change func(x *changes, word string)
	system string
	result func(word string) string
	// later is what stands there after the wait that it has, "" for one without.
	later func(word string) string
}{
	"appointment-booked": {true, func(x *changes, word string) { x.book("Booked " + word) }, "usercom", func(word string) string { return "Booked " + word + " with Gale Winter" }, nil},
	"appointment-missed": {true, func(x *changes, word string) {
		x.w.control("PUT", "highlevel/appointments/"+x.book("Forgotten "+word), map[string]any{"appointmentStatus": "noshow"}, nil)
	}, "usercom", func(word string) string { return "Missed: Forgotten " + word + ". Call Gale" }, nil},
	"done-to-note": {false, func(x *changes, word string) {
		var made struct{ ID json.Number }
		x.w.control("POST", "usercom/activities", map[string]any{"user_id": json.Number(x.two["usercom"]), "name": "Ring " + word, "activity_type": 3, "due_date": "2031-01-02T10:00:00Z"}, &made)
		x.pass() // it is known before it is done
		x.w.control("PUT", "usercom/activities/"+made.ID.String(), map[string]any{"done": true}, nil)
	}, "highlevel", func(word string) string { return "Done in User.com: Ring " + word }, nil},
	"enrichment": {true, func(x *changes, word string) {
		x.w.control("PUT", "highlevel/contacts/"+x.two["highlevel"], map[string]any{"companyName": "Gale " + word, "website": "https://gale.example.com"}, nil)
	}, "usercom", func(word string) string { return "Gale " + word }, nil},
	"new-contact-follow-up": {true, func(x *changes, word string) {
		x.w.control("POST", "highlevel/contacts", map[string]any{"firstName": "Zoe" + word, "lastName": "Quick", "email": "zoe." + word + "@example.com", "tags": []string{"lead"}}, nil)
	}, "usercom", func(word string) string { return "zoe." + word + "@example.com" }, func(word string) string { return "Call Zoe" + word }},
	"new-person-follow-up": {false, func(x *changes, word string) {
		var made struct{ ID json.Number }
		x.w.control("POST", "usercom/users", map[string]any{"first_name": "Noa" + word, "last_name": "Quick", "email": "noa." + word + "@example.com"}, &made)
		x.w.control("PUT", "usercom/users/"+made.ID.String(), map[string]any{"tags": []string{"lead"}}, nil)
	}, "highlevel", func(word string) string { return "Call Noa" + word + " Quick" }, nil},
	"tasks-from-notes": {true, func(x *changes, word string) {
		x.w.control("POST", "highlevel/notes", map[string]any{"contactId": x.two["highlevel"], "body": "Needs a follow-up " + word}, nil)
	}, "usercom", func(word string) string { return "Needs a follow-up " + word }, nil},
}

// book makes an appointment and returns its number.
func (x *changes) book(title string) string {
	x.w.t.Helper()
	var made struct{ ID string }
	x.w.control("POST", "highlevel/appointments", map[string]any{"calendarId": x.calendar, "contactId": x.two["highlevel"], "title": title,
		"appointmentStatus": "confirmed", "startTime": time.Now().Add(48 * time.Hour).UTC().Format(time.RFC3339)}, &made)
	return made.ID
}

// pass lets the time between two looks go by.
func (x *changes) pass() {
	x.w.t.Helper()
	x.w.control("POST", "clock", map[string]any{"advance": (automation.PollEvery + 30*time.Second).String()}, nil)
}

// holds reports whether a text stands anywhere in what a system holds.
func (x *changes) holds(system, text string) bool {
	x.w.t.Helper()
	var state map[string]json.RawMessage
	x.w.control("GET", "state", nil, &state)
	return strings.Contains(string(state[system]), text)
}

// TestEveryTemplateGoesFromTheGalleryToItsResult takes each template of an automation from the gallery, switches it on, and has what it
// waits for happen twice: once with calls that come through, and once with all of them lost, when only looking finds it.
func TestEveryTemplateGoesFromTheGalleryToItsResult(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "--contacts", "50")
	b := w.tab(t)
	x := &changes{w: w, b: b, h: mouse{b}, two: map[string]string{}}
	lap := startClock(t, "templates")
	b.open(strings.TrimPrefix(w.made.SignIn, w.made.URL))
	connectBoth(b, x.h)
	lap.lap("both accounts are connected")
	x.meet()
	at := map[string]string{}
	b.open("/flows")
	b.see(testid("automation-templates"))
	for _, id := range ask[[]string](b, `[...document.querySelectorAll("[data-testid=automation-template] a")].map((a) => new URL(a.href).searchParams.get("template"))`) {
		if _, known := templateTries[id]; !known {
			t.Errorf("nothing tries the template %s", id)
			continue
		}
		at[id] = switchedOn(b, x.h, id)
	}
	if len(at) != len(templateTries) {
		t.Fatalf("the gallery shows %d templates, and there are %d", len(at), len(templateTries))
	}
	lap.lap("all templates are switched on")
	for id := range at {
		b.until(id+" watches", func() bool { return w.watches(at[id]) })
	}
	x.tries("told", true)
	lap.lap("all have done what they do, told")
	w.control("POST", "faults", map[string]any{"lose": 1}, nil)
	x.tries("found", false)
	lap.lap("all have done what they do, with every call lost")
	for id, try := range templateTries {
		stands := "Done"
		if try.later != nil {
			stands = "Waits until"
		}
		b.until("the page of "+id+" shows twice: "+stands, func() bool {
			b.open(at[id] + "/runs")
			return ask[int](b, fmt.Sprintf(`[...document.querySelectorAll("[data-testid=firing]")].filter((e) => e.innerText.includes(%s)).length`, quoted(stands))) >= 2
		})
	}
	lap.lap("each page shows what was done")
	w.control("POST", "clock", map[string]any{"advance": "96h"}, nil)
	for id, try := range templateTries {
		for _, word := range []string{"told", "found"} {
			if try.later != nil {
				b.until(fmt.Sprintf("%s is at its end, %s", id, word), func() bool { return x.holds(try.system, try.later(word)) })
			}
		}
	}
	lap.lap("waits of days are over")
}

// switchedOn takes a template of an automation from the gallery, allows what it needs, publishes it and switches it on. It returns the
// path of the automation.
func switchedOn(b *tab, h hand, template string) string {
	b.t.Helper()
	b.open("/flows")
	h.press(css(`a[href="/automations/new?template=` + template + `"]`))
	h.press(testid("make"))
	at := b.at("^/automations/auto_[^/?]*$")
	b.see(testid("publish"))
	if b.shows(testid("ask-again")) {
		h.press(testid("ask-again"))
		b.untilAsked(h)
		h.press(testid("allow"))
		b.at("^/connect/pending/")
		h.press(button("Yes, connect"))
		b.at("^" + at + "$")
	}
	h.press(testid("publish"))
	b.see(testid("said", "Version 1 is published."))
	h.press(testid("switch-on"))
	b.see(testid("running", "It is on"))
	return at
}

// meet makes somebody whom both systems know, and finds a calendar.
func (x *changes) meet() {
	x.w.t.Helper()
	var contact struct{ ID string }
	x.w.control("POST", "highlevel/contacts", map[string]any{"firstName": "Gale", "lastName": "Winter", "email": "gale@example.com"}, &contact)
	var user struct{ ID json.Number }
	x.w.control("POST", "usercom/users", map[string]any{"first_name": "Gale", "last_name": "Winter", "email": "gale@example.com"}, &user)
	x.two["highlevel"], x.two["usercom"] = contact.ID, user.ID.String()
	var calendar struct{ ID string }
	x.w.control("POST", "highlevel/calendars", map[string]any{"name": "Front desk"}, &calendar)
	x.calendar = calendar.ID
}

// tries has each change made and waits for what comes of it. told says that calls come through; what nobody is told of is found when
// the time between two looks has gone by.
func (x *changes) tries(word string, told bool) {
	x.w.t.Helper()
	if told {
		for id, try := range templateTries {
			if !try.told {
				continue
			}
			began := time.Now()
			try.change(x, word)
			x.b.until(id+" has done what it does", func() bool { return x.holds(try.system, try.result(word)) })
			x.w.t.Logf("measured: %s: %.1f s from a change to its effect, told", id, time.Since(began).Seconds())
		}
	}
	for _, try := range templateTries {
		if !told || !try.told {
			try.change(x, word)
		}
	}
	began := time.Now()
	x.pass()
	for id, try := range templateTries {
		if told && try.told {
			continue
		}
		x.b.until(id+" has done what it does, and nobody told", func() bool { return x.holds(try.system, try.result(word)) })
		x.w.t.Logf("measured: %s: %.1f s from the time to look to the effect", id, time.Since(began).Seconds())
	}
}
