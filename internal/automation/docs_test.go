package automation_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"couplet/internal/automation"
	"couplet/internal/automation/script"
	"couplet/internal/mapping"
)

// TestThePageOfAutomationsIsTrue holds docs/automations.md to the data; COUPLET_WRITE_DOCS=1 writes it.
func TestThePageOfAutomationsIsTrue(t *testing.T) {
	t.Parallel()
	const page = "../../docs/automations.md"
	want := automationsPage(t)
	if os.Getenv("COUPLET_WRITE_DOCS") != "" {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(page); err != nil || string(got) != want {
		t.Errorf("docs/automations.md is not what the data say (%v); COUPLET_WRITE_DOCS=1 go test ./internal/automation -run PageOfAutomations writes it", err)
	}
}

const automationsIntro = `# Automations

An automation is a trigger that sets it off, a filter that lets through or not, and steps that follow one after the other. It is made on its page, or written as a
YAML file of which this is one. It runs once it is published and switched on.

%s
A file is read strictly: a key that is not known, comes twice or has no value is an error with its line. ` + "`fields`" + ` lists the fields that the
account of the trigger added itself and that are named here, each with ` + "`path`" + `, ` + "`label`" + ` and ` + "`type`" + `; the page keeps it by itself. What is wrong with an automation is said with the step, the
field and the fix, and one with a problem cannot be switched on.

## Values in texts

What a step is given is text with pills: ` + "`Call {{contact.firstName}}`" + `. A pill names a value of the trigger, of a step before it (by the id of the step), of the account's settings, or
` + "`now`" + `. ` + "`{{person.id or made.id}}`" + ` takes the first that is not empty; a text in quotes may stand last: ` + "`{{contact.phone or \"none\"}}`" + `. It must be so where a value comes from a step that is not always
done. A text that is one pill alone keeps the value's type: a number stays a number, a list a list. A value may go through steps on its way, settings as
` + "`name=value`" + `: ` + "`{{contact.phone | e164 country=PT}}`" + `. These are for automations, besides those that [pairs have](steps.md):

`

// takingBack tells what is undone and what stays.
const takingBack = `
## Taking back

A run that is over can be taken back from its page, whole or one step: the last step first. What a step made is deleted, a tag or a follower that it added is taken off unless it was there before, and
a value that it changed goes back to what it was. For that a step that changes a record looks at it first, which is one request more. The page looks at each record again and says beforehand what would be
done and what stays: what somebody changed since, what was empty before, and what nothing takes back, such as a message that was sent or an event of a person. Taking back is a step of its own in the log, with the
name of who did it, and sets no automation off. [Operations](operations.md) say which request takes back which.
`

// noticed tells how firings come about.
const noticed = `
## How it is noticed

**A call is a hint.** What a system says is never believed: Couplet reads the record itself, compares it with what this automation last saw of it, and sets it off for what
really happened. Told twice, told late, told and found besides: the same happens once. A tag that is added, taken and added again between two looks was added once.

**What nobody tells is looked for** every %s, each automation at a moment of its own. A list that may be behind only says which records to read. Where a system has no list of
changes, all records are listed, at most %d pages at a time; where it lists notes only contact by contact, %d contacts at a time, one after the other. So without calls a note is found
when its contact's turn comes, and a change of a note counts from when the note was seen once.

**Switched on, it begins now.** What is there by then sets nothing off. What happened while it was off is passed over. Over a restart, a new version of the same trigger, or an account that
has to be connected again nothing is lost: it goes on where it stood. Another trigger begins anew.

**What Couplet does sets nothing off:** neither a record that a sync or a step made, nor a change to just what a sync wrote, nor the change of a step. With ` + "`own: true`" + ` it does, and knows which
automation was the cause; after %d in a row the circle is cut, and the log says so. While a step is being carried out, what may be its work waits for it, a few minutes at most.

**Calls that User.com makes** come to the address of the connection, whose last word is chosen by whoever makes the automation there. Every automation about such a record hears all
of them, whatever the word, and looks. *An event of a person happens* is different, for no record shows it: the last word must be the id of the automation as it stands in the address of its page
(` + "`auto_…`" + `), and each call counts, with its extra data.

**A schedule** fires once for the last moment that was missed while the program was down, not once for each; moments while it was off are passed over.

**A call of the automation's own** is a post to ` + "`/hooks/automations/ID/SECRET`" + ` with JSON or a form of at most 1 MB, answered with 202 once it is kept. Each call counts, but one that is repeated with the same
` + "`Idempotency-Key`" + `. A wrong secret and an unknown automation are answered alike.

`

const scriptExample = `- id: rank
  kind: script
  with:
    tags: "{{contact.tags}}"
  code: |
    def run(input):
        if "vip" in input.get("tags", []):
            return {"rank": "first"}
        return {"rank": "later"}
`

func automationsPage(t *testing.T) string {
	var b strings.Builder
	table := func(head string, rows func(row func(cells ...string))) {
		b.WriteString("| " + head + " |\n" + strings.Repeat("|---", strings.Count(head, "|")+1) + "|\n")
		rows(func(cells ...string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") })
	}
	words := func(title, intro string, list []automation.Word) {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n", title, intro)
		table("kind | what it is | more", func(row func(...string)) {
			for _, w := range list {
				row("`"+w.ID+"`", w.Title, w.Help)
			}
		})
	}
	example, err := automation.Write(template(t, "tasks-from-notes"))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&b, automationsIntro, indented(string(example)))
	table("step | what it does", func(row func(...string)) {
		for _, k := range automation.PillSteps() {
			if _, ofPairs := mapping.StepKindNamed(k.Name); ofPairs {
				continue
			}
			name := k.Name
			for _, s := range k.Settings {
				name += " " + s.Name + "=" + s.Example
			}
			row("`"+name+"`", k.Title+": "+k.Help)
		}
	})
	words("Triggers", "Nothing that Couplet itself does sets an automation off, unless `own: true` says so.", automation.TriggerKinds)
	for _, id := range []string{"highlevel", "usercom"} {
		sys := systems()[id]
		fmt.Fprintf(&b, "\n### %s\n\n", sys.Spec.Name)
		table("event | how it is known | what it is", func(row func(...string)) {
			for _, e := range sys.Catalog.Events {
				var how []string
				if len(e.Hooks) > 0 {
					how = append(how, "told ("+strings.Join(e.Hooks, ", ")+")")
				}
				if e.Manual != "" {
					how = append(how, "told by an automation of yours, on "+e.Manual)
				}
				if e.Poll != "" {
					how = append(how, "looked for (`"+e.Poll+"`)")
				}
				if e.When == nil {
					how = []string{"not noticed yet"}
				}
				does := e.Does
				if e.Doubt != "" {
					does += " *Unverified: " + e.Doubt + "*"
				}
				row(e.Title+" (`"+e.ID+"`)", strings.Join(how, "; "), does)
			}
		})
	}
	fmt.Fprintf(&b, strings.TrimSuffix(noticed, "\n"), automation.Span(automation.PollEvery), automation.MostPages, automation.MostParents, automation.MostHops)
	b.WriteString("\n## Conditions\n\nA filter, and the `if` of a step, is one condition, a group (`all` or `any`) of conditions and groups, or a `formula` that gives yes or no. Texts are the same " +
		"whatever\ntheir capitals; what cannot be compared does not hold.\n\n")
	table("op | in words | for", func(row func(...string)) {
		for _, o := range automation.Ops {
			row("`"+o.ID+"`", o.Title, strings.Join(o.Types, ", "))
		}
	})
	words("Steps", fmt.Sprintf("At most %d, %d in each other. A loop takes %d members of its list where it says nothing, %d at most.", automation.MostSteps, automation.Deepest-1, automation.UsualEach, automation.MostEach), automation.StepKinds)
	b.WriteString("\n## Scripts\n\nA step `script` holds a small program in `code`, in Starlark, which reads like Python:\n\n" + indented(scriptExample) + "\nIts grammar and its names are checked before it is switched on.\n\n")
	table("about | what holds", func(row func(...string)) {
		for _, f := range script.Facts() {
			row(f.About, f.Text)
		}
	})
	words("Waits", "`for: 2h` waits a time, at most "+automation.Span(automation.LongestWait)+"; `until` waits for a moment:", automation.Untils)
	words("When a step fails", "It is tried again for "+automation.Span(automation.UsualFail)+" where `fail_for` says nothing, for "+automation.Span(automation.LongestFail)+" at most: after a few seconds, then ever later, a quarter of an hour apart at most. `retry` says otherwise: `tries`, how often at most; `first`, how long before the next try, which doubles each time; `longest`, how long at most. A step that is skipped or stops has "+fmt.Sprint(automation.FewTries)+" tries where that says nothing. `once: true` does a step at most once for each record.", automation.Fails)
	b.WriteString(takingBack)
	b.WriteString(templatesIntro)
	table("template | what it does | what it needs | the other way", func(row func(...string)) {
		for _, x := range automation.Templates() {
			other, said := otherWays[x.ID]
			if !said {
				t.Errorf("nothing says how %s goes the other way", x.ID)
			}
			row(x.Title+" (`"+x.ID+"`)", x.Description, needsOf(x.Automation), other)
		}
	})
	b.WriteString(ownTemplates)
	return b.String()
}

const ownTemplates = `
**Your own.** “Save as a template” on the page of a flow or an automation keeps it under “Your templates” in the gallery, where everybody of the workspace makes more of it, and downloads it as a
file for others, who open it there (“Open a file”). The file of an automation is one like above, with what it does as a comment on top; that of a flow says ` + "`title`, `description`, `template`" + ` (the one that it
began as), ` + "`flow`" + ` (every setting, as in a flow file) and ` + "`fields`" + ` (what the accounts' own fields are called, by which they are found in other accounts; a pair whose field is not there is left out, and the page says so).
Not in it, whoever writes it in: accounts, records, ids that were chosen, addresses and numbers of people, what a call looked like, the address and the headers of a request, and whatever is named like a secret. The page lists what it leaves out and shows
the file; texts and scripts stay as they were written, so read them through. What is wrong with a file is said with its line, and then nothing is kept.
`

const templatesIntro = `
## Templates

These are the templates of automations. Contacts, companies, tasks and notes that stay the same are flows, each in both directions; a flow file names their templates as
` + "`contact-sync`, `company-sync`, `task-sync` and `note-sync`" + `. A test takes every one of these from the gallery to its result: with calls, and with all of them lost.
The steps that make an activity take its type, and whoever it is for, from the settings of the connection of User.com.

`

// otherWays say for each template which one goes in the other direction, or why none does.
var otherWays = map[string]string{
	"appointment-booked":    "None: User.com keeps no appointments.",
	"appointment-missed":    "None: User.com keeps no appointments.",
	"done-to-note":          "`tasks-from-notes`",
	"tasks-from-notes":      "`done-to-note`",
	"enrichment":            "A contact flow: it pairs an attribute of User.com with a field or custom field of HighLevel, in either direction, and settles what both changed.",
	"new-contact-follow-up": "`new-person-follow-up`",
	"new-person-follow-up":  "`new-contact-follow-up`",
}

// needsOf says which accounts an automation works with, how they tell of what sets it off, and what they have to allow.
func needsOf(a automation.Automation) string {
	var parts []string
	s := systems()
	for _, id := range automation.SystemsOf(a) {
		text := s[id].Spec.Name
		if scopes := automation.Scopes(a, id, s); len(scopes) > 0 {
			text += " with `" + strings.Join(scopes, "`, `") + "`"
		}
		parts = append(parts, text)
	}
	e, _ := s.Event(a.Trigger)
	how := "Told within seconds, looked for where the call does not come."
	if len(e.Hooks) == 0 {
		how = "Nobody tells of it, so it takes until the next look."
	}
	return strings.Join(parts, "; ") + ". " + how
}

// indented is a text as Markdown shows it unchanged.
func indented(s string) string {
	return "    " + strings.ReplaceAll(strings.TrimSpace(s), "\n", "\n    ") + "\n"
}
