package web

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
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

func TestATryOnThePageRunsTheScript(t *testing.T) {
	t.Parallel()
	b := newBundle(t, func(o *Options) {
		r := script.NewRunner(os.Args[0], "script-child")
		r.Time = 10 * time.Minute // a busy machine is not what this is about
		o.Scripts = r
	})
	w := b.walk("editor")
	id := madeAutomation(b, w, "new-contact-follow-up")
	w.open("/automations/"+id+"?at=0").send("[name=put][value=script]", nil)
	st := b.automation(id).Steps[0]
	if st.Kind != automation.Script {
		t.Fatalf("the first step is %+v", st)
	}
	page := "/automations/" + id + "?step=" + st.ID
	w.open(page).send("[name=act][value='pair:with']", url.Values{"new.with": {"name"}})
	w.open(page).send("[data-testid=save]", url.Values{"code": {"def run(input):\n    print(\"hello\")\n    return {\"loud\": input[\"name\"].upper()}"}, "with.name": {"{{contact.firstName}}"}})
	w.open(page).send("#b-try", nil).expect(http.StatusOK, "New-contact follow-up").says("fold-gave", `"loud": "MAYA"`).says("fold-printed", "hello")

	// While somebody types it does not run; asked again, what is wrong with it stands at the step.
	w.send("[data-testid=save]", url.Values{"code": {"def run(input):\n    return input[\"moon\"]"}}).hasNo("fold-gave")
	w.send("#b-try", nil).says("step-tried", "line 2").says("step-tried", "moon")
	if got := w.doc.Find("#card-" + st.ID + " [data-testid=result].bad").Length(); got != 1 {
		t.Errorf("%d results on its card: %s", got, w.at("column"))
	}
}
