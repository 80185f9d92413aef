package automation_test

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"couplet/internal/automation"
	"couplet/internal/automation/script"
)

// TestMain is the process of a script, too, when it is started as one.
func TestMain(m *testing.M) {
	if len(os.Args) < 2 || os.Args[1] != "script-child" {
		os.Exit(m.Run())
	}
	if err := script.Child(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// scripted is a template with a script as its third step, and a try of it.
func scripted(t *testing.T, code string, with map[string]string) (automation.Automation, automation.Trial) {
	a := template(t, "new-contact-follow-up")
	a.Steps[2] = automation.Step{ID: "event", Kind: automation.Script, Code: code, With: with}
	trial := maya(a)
	r := script.NewRunner(os.Args[0], "script-child")
	r.Time = 10 * time.Minute // a busy machine is not what this is about
	trial.Scripts = r
	return a, trial
}

func TestATryRunsAScriptWhereSomebodyRunsIt(t *testing.T) {
	t.Parallel()
	a, trial := scripted(t, "def run(input):\n    print(len(input))\n    return {\"loud\": input[\"name\"].upper()}", map[string]string{"name": "{{contact.firstName}}"})
	a.Steps[3] = automation.Step{ID: "after", Kind: "operation", System: "highlevel", Operation: "tag-create", With: map[string]string{"name": "{{event.result.loud}}!"}}
	for _, p := range automation.Check(a, systems()) {
		if p.Step == "event" || p.Step == "after" {
			t.Errorf("%+v", p)
		}
	}
	_, by := outcomes(t, a, trial)
	name := fmt.Sprint(trial.Data["contact"].(map[string]any)["firstName"])
	if o := by["event"]; o.Did != automation.Worked || o.Printed != "1\n" || !reflect.DeepEqual(o.Gives, map[string]any{"loud": strings.ToUpper(name)}) || o.Becomes["name"] != name {
		t.Errorf("%+v", o)
	}
	if got := by["after"].Becomes["name"]; got != strings.ToUpper(name)+"!" {
		t.Errorf("the step after it is given %q", got)
	}
	trial.Scripts = nil
	if _, by = outcomes(t, a, trial); by["event"].Did != automation.Would || by["after"].Becomes["name"] == strings.ToUpper(name)+"!" {
		t.Errorf("nobody ran it: %+v", by["event"])
	}
}

func TestATryTellsWhereAScriptFailed(t *testing.T) {
	t.Parallel()
	a, trial := scripted(t, "def run(input):\n    print(\"here\")\n    return input[\"moon\"]", nil)
	_, by := outcomes(t, a, trial)
	if o := by["event"]; o.Did != automation.Wrong || o.Printed != "here\n" || !strings.Contains(o.Text, "line 3, column 17: there is no key “moon”") {
		t.Errorf("%+v", o)
	}
}

// TestAScriptIsNotTriedOnWhatNobodyKnows gives it what a step would make that is not done.
func TestAScriptIsNotTriedOnWhatNobodyKnows(t *testing.T) {
	t.Parallel()
	for _, pill := range []string{"{{contact_there.contact.id}}", "{{contact_there}}", "x {{contact_there.contact.id}}"} {
		_, trial := scripted(t, "", nil)
		a := template(t, "new-person-follow-up")
		a.Steps = append(a.Steps, automation.Step{ID: "last", Kind: automation.Script, Code: "def run(input):\n    return 1", With: map[string]string{"who": pill}})
		_, by := outcomes(t, a, automation.Trial{Scene: maya(a).Scene, Scripts: trial.Scripts})
		if o := by["last"]; o.Did != automation.Would || !strings.Contains(o.Text, "known only then") {
			t.Errorf("%s: %+v", pill, o)
		}
	}
}

func TestAScriptIsCheckedWithoutRunning(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"def run(input):\n    return inptu[\"a\"]": "line 2, column 12: there is no “inptu”; “input” is there",
		"def run(input):\n  return [1, 2":          "line 2",
		"def run():\n    pass":                     "line 1, column 5: run is given one thing",
		"def walk(input):\n    pass":               "does not define run(input)",
		"load(\"x\", \"y\")\ndef run(input): pass": "a script can load nothing",
		"x = 1": "does not define run(input)",
		"def run(input):\n    return " + strings.Repeat("(", 9000): "too much stands in each other",
		"def run(input, more=1, *rest, **named): return 1":         "",
		"run = lambda input: 1":                                    "",
		"def run(input):\n    for x in range(1 << 40): pass":       "",
	} {
		a, _ := scripted(t, code, nil)
		var found []string
		for _, p := range automation.Check(a, systems()) {
			if p.Step == "event" && p.Field == "code" {
				found = append(found, p.Text)
			}
		}
		if got := strings.Join(found, "\n"); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%.60s: %q, want %q", code, got, want)
		}
	}
}
