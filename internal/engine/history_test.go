package engine_test

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
)

// Random histories (sync-semantics 5.18): people work on both sides, calls and processes fail, runs look or only follow
// webhooks. Then all is calm, and what is left is judged by an oracle that knows only what people typed (oracle_test.go).

// histories is how many a test run makes; COUPLET_HISTORIES=n makes more, and thousands are for the proof (proof_test.go).
const histories = 20

func TestHistories(t *testing.T) {
	n := histories
	// The short run tells the same stories each time, so that a change is judged by what it changed; the long one draws.
	seed := "1"
	if s := os.Getenv("COUPLET_HISTORIES"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal("COUPLET_HISTORIES: ", err)
		}
		seed = "0"
	}
	// Nothing else in this package draws at random, and a seed says less here than the story that a failure tells.
	for name, value := range map[string]string{"rapid.seed": seed, "rapid.checks": fmt.Sprint(max(1, n/2)), "rapid.nofailfile": "true", "rapid.steps": "14", "rapid.shrinktime": "5s"} {
		if err := flag.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	for half := range 2 { // most of a history is waiting
		t.Run(fmt.Sprint(half), func(t *testing.T) {
			t.Parallel()
			var first sync.Once // later failures are shorter ones of the same kind, or none, since runs are not repeatable to the letter
			rapid.Check(t, func(rt *rapid.T) {
				h := begin(rt)
				defer func() {
					if rt.Failed() {
						first.Do(func() {
							t.Logf("the first history that failed:\n%s", strings.Join(append(h.story, h.log()...), "\n"))
						})
					}
				}()
				h.tell()
			})
		})
	}
}

// teller is one history as a test of its own.
type teller struct {
	*rapid.T
	dir string
}

func (t teller) TempDir() string { return t.dir }

// begin makes the world of one history.
func begin(rt *rapid.T) *history { return beginAs(rt, variant{}, nil) }

// beginAs makes the world of a history of a variant; what the oracle says is noted in said, unless that is nil.
func beginAs(rt *rapid.T, v variant, said *[]string) *history {
	dir, err := os.MkdirTemp("", "history")
	if err != nil {
		rt.Fatal(err)
	}
	rt.Cleanup(func() { _ = os.RemoveAll(dir) })
	var t tester = teller{rt, dir}
	if said != nil {
		t = verdict{teller{rt, dir}, said}
	}
	h := &history{world: newWorld(t, sandbox.Options{
		Seed: rapid.Int64Range(1, 1<<40).Draw(rt, "sandbox"), SearchLag: max(v.lag, 20*time.Millisecond),
		UserComLag:      rapid.SampledFrom([]time.Duration{0, 20 * time.Millisecond}).Draw(rt, "lag"), // less than Settle, which is the limit that docs/limits.md names
		AllowDuplicates: rapid.Bool().Draw(rt, "duplicates allowed"),
	}), rt: rt, deleted: [2]map[string]bool{{}, {}}, left: [2]map[string]bool{{}, {}}, ordered: [2]map[string]bool{{}, {}}, doomed: [2]map[string]bool{{}, {}}}
	h.heir, h.unclaimed = [2]map[string]bool{{}, {}}, [2]map[string]bool{{}, {}}
	h.varied(v)
	h.flow.Conflict = rapid.SampledFrom(mapping.Policies).Draw(rt, "conflict")
	h.flow.Delete = rapid.SampledFrom(policies).Draw(rt, "delete")
	h.flow.Blank = rapid.SampledFrom([]mapping.Blank{mapping.Keep, mapping.Clear}).Draw(rt, "blank")
	h.flow.Retry.Max = flow.Duration(20 * time.Millisecond)
	h.fields = []string{"name", "phone", "email", "company"}
	if rapid.Bool().Draw(rt, "consent") {
		h.consent = true
		h.flow.Map = append(h.flow.Map, mapping.Row{A: mapping.Names{"dnd"}, B: mapping.Names{"unsubscribed"}})
	}
	if v.harm == "" && (rapid.IntRange(0, 2).Draw(rt, "children") == 0 || os.Getenv("COUPLET_CHILDREN") != "") {
		h.haveChildren()
	}
	return h
}

// tell makes up the history and judges its end.
func (h *history) tell() {
	rt := h.rt
	for range rapid.IntRange(0, 3).Draw(rt, "people") {
		h.create()
	}
	acts := map[string]func(*rapid.T){
		"create":  func(*rapid.T) { h.create() },
		"edit":    func(*rapid.T) { h.change() },
		"edit 2":  func(*rapid.T) { h.change() },
		"both":    func(*rapid.T) { h.both() },
		"delete":  func(*rapid.T) { h.delete() },
		"merge":   func(*rapid.T) { h.merge() },
		"doom":    func(*rapid.T) { h.doom() },
		"doom 2":  func(*rapid.T) { h.doom() },
		"weather": func(*rapid.T) { h.weather() },
		"look":    func(*rapid.T) { h.look(rapid.IntRange(0, 9).Draw(rt, "full") == 0) },
		"look 2":  func(*rapid.T) { h.look(false) },
		"hooks":   func(*rapid.T) { h.decide(); h.follow() },
		"die":     func(*rapid.T) { h.die() },
		"wait":    func(*rapid.T) { h.decide(); h.pass(11 * time.Minute) },
	}
	if h.fam != nil {
		h.beginChildren()
		for name, act := range h.childActs() {
			acts[name] = act
		}
		rt.Repeat(acts) // there is twice as much to do
	}
	rt.Repeat(acts)
	h.settle()
	h.judge()
}

// history is one world with everything that people did in it.
type history struct {
	*world
	rt      *rapid.T
	fam     *family // of a history with tasks and notes, else nil
	staff   map[string]string
	hangs   map[string]string // the contacts of tasks and notes that people made
	fields  []string          // of the object of the flow at hand
	consent bool
	now     int // counts what happened
	typed   []typed
	racing  sync.Mutex
	// inWindow counts the edits that were overwritten in the moment between a read and a write.
	inWindow  int
	made      [2][]string           // ids that people made, living and dead
	deleted   [2]map[string]bool    // ids that people deleted
	ordered   [2]map[string]bool    // ids for which a person wanted a partner
	unlinked  [2][]connector.Record // tasks and notes that somebody deleted, or with their contact, when they had no partner yet
	unclaimed [2]map[string]bool    // new records of the engine that somebody changed before it had seen that they were made
	doomed    [2]map[string]bool    // ids of which a person said that they are to be deleted
	left      [2]map[string]bool    // ids whose linked partner somebody deleted
	story     []string
}

// typed is one value that somebody typed, in one form for both sides.
type typed struct {
	at   int
	side engine.Side
	// object is what the record is: a contact, a task or a note.
	object string
	id     string
	field  string // name, phone, email, company, consent, tag+, tag-, title, due, done, owner, text
	value  string
	// carried is when the partner was first seen with it, 0 never.
	carried int
	// back says that it is what its side held at the last agreement, or what a killed run was sending it: nobody can tell such an
	// edit (sync-semantics 5.21).
	back bool
	// born says that the record was made with it.
	born bool
	// window says that it was typed between our read and our write of the very field.
	window bool
}

func (h *history) tellf(format string, args ...any) {
	h.now++
	h.story = append(h.story, fmt.Sprintf("%3d  ", h.now)+fmt.Sprintf(format, args...))
}

var (
	policies = []flow.Delete{flow.Detach, flow.Tag, flow.Restore, flow.Approve}

	names = [][2]string{{"Ada", "Bell"}, {"Grace", "Hopper"}, {"Alex", "Ander"}, {"Alexandra", "Ander"}, {"Bo", "Li"},
		{longFirst, longLast}, {longFirst, "Short"}, {"Ann", longLast}, {longFirst[:40], longLast[:40]}, {"Mary Jane", "van der Berg"}}
	mails     = []string{"ada@example.com", "bea@example.com", "Cy@Example.com", "dee@example.com", "eve@example.com", "fay@example.com"}
	phones    = []string{"+12025550100", "+12025550101", "+12025550102", "+12025550103", "+12025550104", "+12025550105", ""}
	companies = []string{"Acme", "Acme Limited", "Umbrella", "Stark"}
	marks     = []string{"vip", "New", "left", "right"}
)

// draw makes up a value for a field, as both its system's own fields and what the oracle notes.
func (h *history) draw(side engine.Side, field string) (own fields, value string) {
	in := func(a, b string, v any) fields { return fields{[2]string{a, b}[side]: v} }
	switch field {
	case "name":
		n := rapid.SampledFrom(names).Draw(h.rt, field)
		if side == engine.B { // nobody can type more there
			n = [2]string{cut40(n[0]), cut40(n[1])}
			return fields{"first_name": n[0], "last_name": n[1]}, n[0] + " " + n[1]
		}
		return fields{"firstName": n[0], "lastName": n[1]}, n[0] + " " + n[1]
	case "phone":
		value = rapid.SampledFrom(phones).Draw(h.rt, field)
		if value == "" {
			return in("phone", "phone_number", nil), ""
		}
		return in("phone", "phone_number", value), value
	case "email":
		value = rapid.SampledFrom(mails).Draw(h.rt, field)
		return fields{"email": value}, value
	case "company":
		value = rapid.SampledFrom(companies).Draw(h.rt, field)
		return in("companyName", "company_name", value), value
	}
	no := rapid.Bool().Draw(h.rt, field)
	return in("dnd", "unsubscribed", no), strconv.FormatBool(no)
}

func cut40(s string) string { return s[:min(40, len(s))] }

func (h *history) note(side engine.Side, id, field, value string) {
	e := typed{at: h.now, side: side, object: h.flow.Object, id: id, field: field, value: value}
	if h.seeded() {
		l := h.link(side, id)
		key := h.baseKey(l, field)
		sent, err := h.st.Sendings(h.t.Context(), ws, []string{l.ID})
		if err != nil {
			h.t.Fatal(err)
		}
		f, known := sent[l.ID].Fields[key], key != ""
		e.back = known && h.asNoted(field, l.Base[key].V[side]) == noted(e) || f.Sends[side] && h.asNoted(field, f.Send[side]) == noted(e)
	}
	h.typed = append(h.typed, e)
}

func (h *history) create() {
	side := h.side()
	f := fields{}
	type noted struct{ field, value string }
	var notes []noted
	for _, field := range []string{"name", "email", "phone"} {
		if field == "phone" && rapid.Bool().Draw(h.rt, "no phone") {
			continue
		}
		own, value := h.draw(side, field)
		for k, v := range own {
			f[k] = v
		}
		notes = append(notes, noted{field, value})
	}
	id := h.add(side, f)
	h.made[side] = append(h.made[side], id)
	h.tellf("%s: create %s %v", side, id, f)
	for _, n := range notes {
		h.note(side, id, n.field, n.value)
	}
	h.born(side, id)
	h.hook(side, id)
}

// born marks what a person made a record with.
func (h *history) born(side engine.Side, id string) {
	for i := range h.typed {
		e := &h.typed[i]
		e.born = e.born || e.side == side && e.id == id && e.object == h.flow.Object
	}
}

func (h *history) side() engine.Side { return engine.Side(rapid.IntRange(0, 1).Draw(h.rt, "side")) }

// someone is a living record of a side, made by a person or by the engine.
func (h *history) someone(side engine.Side) (string, bool) {
	ids := h.living(side)
	if len(ids) == 0 {
		return "", false
	}
	return ids[rapid.IntRange(0, len(ids)-1).Draw(h.rt, "who")], true
}

func (h *history) change() {
	side := h.side()
	if id, ok := h.someone(side); ok {
		h.changeOne(side, id, h.field())
	}
}

func (h *history) field() string {
	fields := []string{"name", "name", "phone", "email", "company", "tags"}
	if h.consent {
		fields = append(fields, "consent")
	}
	return rapid.SampledFrom(fields).Draw(h.rt, "field")
}

// both changes one field of a pair on both sides.
func (h *history) both() {
	a, ok := h.someone(engine.A)
	if !ok || !h.seeded() {
		return
	}
	b := h.partner(engine.A, a)
	if b == "" || h.deleted[engine.B][b] {
		return
	}
	field := h.field()
	h.changeOne(engine.A, a, field)
	h.changeOne(engine.B, b, field)
}

func (h *history) changeOne(side engine.Side, id, field string) {
	if field == "company" && side == engine.B && !h.seeded() {
		return // the attribute is not made yet
	}
	if field == "tags" {
		h.tag(side, id)
		return
	}
	own, value := h.draw(side, field)
	for name, v := range own { // typing what stands there changes nothing
		if fmt.Sprint(h.shows(side, id, name)) == fmt.Sprint(v) {
			delete(own, name)
		}
	}
	if field == "name" && side == engine.B && h.shows(side, id, "name") == plain(value) || len(own) == 0 {
		return
	}
	h.tellf("%s: %s types %v", side, id, own)
	h.edit(side, id, own)
	h.note(side, id, field, value)
	h.hook(side, id)
}

func (h *history) tag(side engine.Side, id string) {
	tag := rapid.SampledFrom(marks).Draw(h.rt, "tag")
	have := strings.Fields(fmt.Sprint(h.shows(side, id, "tags")))
	list := []any{}
	had := false
	for _, t := range have {
		if t == strings.ToLower(tag) {
			had = true
			continue
		}
		list = append(list, t)
	}
	sign := "tag-"
	if !had {
		sign, list = "tag+", append(list, tag)
	}
	h.tellf("%s: %s %s%s", side, id, sign, tag)
	h.edit(side, id, fields{"tags": list})
	h.note(side, id, sign, strings.ToLower(tag))
	h.hook(side, id)
}

// cutLike reports whether a name is another one, each part cut to what User.com keeps.
func cutLike(full, cut string) bool {
	for _, n := range names {
		if n[0]+" "+n[1] == full && plain(cut40(n[0])+" "+cut40(n[1])) == cut {
			return true
		}
	}
	return false
}

// fuller reports whether a name is what was typed in User.com, with one of its words as long as HighLevel can hold it: that
// word was typed in HighLevel, and the cut one of User.com stands for it.
func fuller(full, typed string) bool {
	for _, m := range names {
		for _, n := range names {
			if (m[0]+" "+n[1] == full || cut40(m[0])+" "+n[1] == full || m[0]+" "+cut40(n[1]) == full) && plain(cut40(m[0])+" "+cut40(n[1])) == typed {
				return true
			}
		}
	}
	return false
}
