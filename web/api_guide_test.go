package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"couplet/docs"
	"couplet/internal/command"
	"couplet/internal/engine"
	"couplet/internal/sandbox"
)

// shellWords takes a line of a shell apart at its blanks. What is quoted stays whole.
func shellWords(line string) (out []string) {
	for _, m := range regexp.MustCompile(`'([^']*)'|"([^"]*)"|(\S+)`).FindAllStringSubmatch(line, -1) {
		out = append(out, m[1]+m[2]+m[3])
	}
	return out
}

// curl sends what a line of the guide says, and holds it and the answer against the description.
func (p program) curl(line, file string) *http.Response {
	p.t.Helper()
	method, body, at := http.MethodGet, "", ""
	var header []string
	args := shellWords(line)
	for i := 1; i < len(args); i++ {
		switch args[i] {
		case "-H":
			i++
			name, value, _ := strings.Cut(args[i], ": ")
			header = append(header, name, value)
		case "-X":
			i++
			method = args[i]
		case "-d", "--data-binary":
			i++
			if method, body = http.MethodPost, args[i]; strings.HasPrefix(body, "@") {
				body = file
			}
		default:
			at = strings.TrimPrefix(args[i], p.url+apiPath)
		}
	}
	path, _, _ := strings.Cut(at, "?")
	for _, r := range p.apiRoutes() {
		pattern := regexp.MustCompile("^" + parameter.ReplaceAllString(r.path, "[^/]+") + "$")
		if r.method == method && pattern.MatchString(path) {
			return program{p.bundle, ""}.ask(r, at, body, header...)
		}
	}
	p.t.Fatalf("the guide names what is not there: %s %s", method, at)
	return nil
}

// TestAProgramDoesWhatThePagesDo: it rehearses a flow that was never on, switches it on, runs it, undoes a run, and then sends
// every line of the guide.
func TestAProgramDoesWhatThePagesDo(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 12, Seed: 3})
	s.soon = 0
	p := s.program(s.ws(), "editor")
	run, on, show := s.named("runFlow"), s.named("switchFlow"), s.named("showRun")

	if res := p.ask(run, "/flows/Contacts/run", ""); res.StatusCode != http.StatusConflict {
		t.Errorf("a flow that is off runs: %d", res.StatusCode)
	}
	if d := jsonOf[PreviewDoc](t, p.ask(s.named("previewFlow"), "/flows/Contacts/preview", "")); d.Run != nil || d.Current {
		t.Errorf("a preview of nothing: %+v", d)
	}
	if res := p.ask(on, "/flows/Contacts/switch", `{"on": true}`); res.StatusCode != http.StatusConflict || s.stored().Enabled {
		t.Errorf("on without a look: %d %s", res.StatusCode, textOf(res))
	}
	if d := jsonOf[StartedDoc](t, p.ask(run, "/flows/Contacts/run", `{"dry_run": true}`)); d.Run != nil || d.Already {
		t.Errorf("nobody works, and there is %+v", d)
	}
	looked := s.act(engine.Rehearse, engine.Done)
	d := jsonOf[PreviewDoc](t, p.ask(s.named("previewFlow"), "/flows/Contacts/preview", ""))
	if d.Run == nil || d.Run.Run != looked.ID || !d.Current || !d.Run.DryRun {
		t.Fatalf("the preview is %+v", d)
	}
	if res := p.ask(on, "/flows/Contacts/switch", `{"on": true, "approve": "run_other"}`); res.StatusCode != http.StatusConflict || s.stored().Enabled {
		t.Errorf("on by another run: %d", res.StatusCode)
	}
	f := jsonOf[command.FlowDoc](t, p.ask(on, "/flows/Contacts/switch", `{"on": true, "approve": "`+d.Run.Run+`"}`))
	if !f.Enabled || f.Approved == nil || !strings.HasSuffix(f.Approved.By, ", by the key robot") || f.Connections != (command.SidesDoc{A: "hl", B: "uc"}) {
		t.Errorf("switched on it is %+v", f)
	}
	first := s.act(engine.SwitchedOn, engine.Done)
	shown := jsonOf[command.ShownRunDoc](t, p.ask(show, "/runs/"+first.ID, ""))
	if shown.Run.AToB.Created+shown.Run.BToA.Created == 0 || len(shown.Records) == 0 || len(shown.Calls) == 0 {
		t.Fatalf("the first run is %+v", shown.Run)
	}

	// A run that is under way is that run, also when it is asked for again.
	under := s.begun(0)
	res := p.ask(run, "/flows/Contacts/run", `{}`)
	if d := jsonOf[StartedDoc](t, res); !d.Already || d.Run.Run != under.ID || res.Header.Get("Location") != apiPath+"/runs/"+under.ID {
		t.Errorf("already under way: %+v at %q", d, res.Header.Get("Location"))
	}
	if d := jsonOf[command.RunDoc](t, p.ask(s.named("stopRun"), "/runs/"+under.ID+"/stop", "")); d.Run != under.ID {
		t.Errorf("stopped: %+v", d)
	}
	under.Status, under.Finished = engine.Cancelled, s.now
	s.save(under)

	// What a run wrote goes back, after a look.
	undo := s.named("undoRun")
	back := jsonOf[StartedDoc](t, p.ask(undo, "/runs/"+first.ID+"/undo", `{"dry_run": true}`))
	if again := jsonOf[StartedDoc](t, p.ask(undo, "/runs/"+first.ID+"/undo", `{"dry_run": true}`)); !again.Already || again.Run.Run != back.Run.Run {
		t.Errorf("asked for twice: %+v and %+v", back, again)
	}
	if s.act(engine.Undo, engine.Done).ID != back.Run.Run {
		t.Error("another run was undone")
	}

	file, err := command.Desk{Store: s.store, Connect: s.options.Connect, Workspace: s.ws()}.Export(t.Context(), "Contacts")
	must(t, err)
	said := regexp.MustCompile(`, token: "[^"]*"`).ReplaceAllString(string(file), "") // the stored ones stay
	lines := strings.NewReplacer("$COUPLET_TOKEN", p.token, "$COUPLET", s.url+apiPath, "$RUN", first.ID).Replace(string(docs.API))
	n := 0
	for line := range strings.Lines(lines) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "curl ") {
			continue
		}
		if res := p.curl(line, said); res.StatusCode >= 300 {
			t.Errorf("%s: %d %s", line, res.StatusCode, textOf(res))
		}
		n++
	}
	if n < 8 {
		t.Errorf("only %d lines of the guide were sent", n)
	}
}
