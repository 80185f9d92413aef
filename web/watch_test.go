package web

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"couplet/internal/engine"
	"couplet/internal/store"
	"couplet/templates"
)

// ran stores a finished run that began some time ago, as the engine would.
func (b *bundle) ran(ago time.Duration, change func(*engine.Run), entries ...engine.Entry) engine.Run {
	b.t.Helper()
	r := b.begun(ago, func(r *engine.Run) { r.Status, r.Finished = engine.Done, b.now.Add(-ago).Add(48*time.Second) }, change)
	b.noted(r, entries...)
	return r
}

// begun stores a run.
func (b *bundle) begun(ago time.Duration, changes ...func(*engine.Run)) engine.Run {
	b.t.Helper()
	at := b.now.Add(-ago)
	r := engine.Run{ID: engine.NewID("run", at), Workspace: b.conns[0].Workspace, Flow: b.flow.ID, FlowName: b.flow.Name, Pair: b.pair.ID, Version: 1,
		Trigger: "schedule", Status: engine.Running, Started: at, Beat: b.now, Owner: "test"}
	for _, change := range changes {
		if change != nil {
			change(&r)
		}
	}
	if ago != 0 { // what is counted is counted at the time of the run
		now := b.now
		b.now = at
		defer func() { b.now = now }()
	}
	must(b.t, b.store.StartRun(b.t.Context(), r))
	return r
}

// noted commits entries of a run.
func (b *bundle) noted(r engine.Run, entries ...engine.Entry) {
	b.t.Helper()
	var cs []engine.Commit
	for i := range entries {
		e := entries[i]
		e.Run, e.ID = r.ID, fmt.Sprintf("%s-%03d", r.ID, i)
		if e.At.IsZero() {
			e.At = r.Started
		}
		cs = append(cs, engine.Commit{Entry: &e})
	}
	b.commit(r, cs...)
}

// commit stores outcomes of a run under a lease taken for this.
func (b *bundle) commit(r engine.Run, cs ...engine.Commit) {
	b.t.Helper()
	ctx, w := b.t.Context(), b.conns[0].Workspace
	lease, ok, err := b.store.Acquire(ctx, w, "pair/"+b.pair.ID, "test", b.now, b.now)
	must(b.t, err)
	if !ok {
		b.t.Fatal("no lease")
	}
	must(b.t, b.store.Commit(ctx, w, lease, r, cs))
	must(b.t, b.store.Release(ctx, w, lease))
}

// save stores a run that changed.
func (b *bundle) save(r engine.Run) { b.t.Helper(); b.commit(r) }

// known puts records into the mirror of a side, by their fields.
func (b *bundle) known(side engine.Side, id string, fields map[string]any) {
	b.t.Helper()
	ctx, w := b.t.Context(), b.conns[0].Workspace
	lease, ok, err := b.store.Acquire(ctx, w, "pair/"+b.pair.ID, "test", b.now, b.now)
	must(b.t, err)
	if !ok {
		b.t.Fatal("no lease")
	}
	m := engine.Mirror{ID: id, Fields: fields, Version: "1", First: b.now, Seen: b.now, Changed: b.now, Keys: map[string]string{}}
	if mail, ok := fields["email"].(string); ok {
		m.Keys["email"] = mail
	}
	must(b.t, b.store.SavePage(ctx, w, lease, engine.Cursor{Conn: b.conns[side].ID, Object: "contact"}, 0, []engine.Mirror{m}, nil, nil))
	must(b.t, b.store.Release(ctx, w, lease))
}

// elsewhere is an owner of another workspace.
func (b *bundle) elsewhere() *http.Client {
	b.t.Helper()
	return b.signInTo(b.once("elsewhere", func() string {
		w, err := b.store.AddWorkspace(b.t.Context(), "elsewhere")
		must(b.t, err)
		return w.ID
	}), "owner")
}

// see is a page as somebody sees it; it fails the test unless the page is there and its words are ours.
func (b *bundle) see(client *http.Client, path string) *goquery.Document {
	b.t.Helper()
	res := b.visit(client, path)
	if res.StatusCode != http.StatusOK {
		b.t.Fatalf("%s: status %d to %q: %s", path, res.StatusCode, res.Header.Get("Location"), textOf(res))
	}
	doc := parsed(b.t.(*testing.T), res)
	voice(b.t, path, doc)
	return doc
}

// words of a page, without line breaks and double spaces.
func tidyText(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

// wants checks the text of an element.
func wants(t testing.TB, doc *goquery.Document, selector, want string) {
	t.Helper()
	if got := tidyText(doc.Find(selector)); got != want {
		t.Errorf("%s says %q, want %q", selector, got, want)
	}
}

// events is a stream that is being listened to.
type events struct {
	t    testing.TB
	in   *bufio.Reader
	stop context.CancelFunc
}

// listen opens a stream.
func (b *bundle) listen(client *http.Client, path string) *events {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.t.Context(), 20*time.Second)
	b.t.Cleanup(stop)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.url+path, nil)
	must(b.t, err)
	res, err := client.Do(req)
	must(b.t, err)
	b.t.Cleanup(func() { res.Body.Close() })
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/event-stream" {
		b.t.Fatalf("%s: status %d, %s", path, res.StatusCode, res.Header.Get("Content-Type"))
	}
	return &events{b.t, bufio.NewReader(res.Body), stop}
}

// next is the next message: its name ("" for none) and what it holds.
func (e *events) next() (name string, doc *goquery.Document) {
	e.t.Helper()
	var data strings.Builder
	for {
		line, err := e.in.ReadString('\n')
		if err != nil {
			e.t.Fatalf("the stream ended: %v", err)
		}
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, "event: "):
			name = line[7:]
		case strings.HasPrefix(line, "data: "):
			data.WriteString(line[6:] + "\n")
		case line == "" && data.Len() > 0:
			doc, err := goquery.NewDocumentFromReader(strings.NewReader(data.String()))
			must(e.t, err)
			return name, doc
		}
	}
}

// until reads messages until one fits.
func (e *events) until(fits func(name string, doc *goquery.Document) bool) {
	e.t.Helper()
	for {
		if fits(e.next()) {
			return
		}
	}
}

// needs leaves records to a person: a review, an open conflict, a record that was refused.
func (b *bundle) needs(r engine.Run) {
	b.t.Helper()
	b.commit(r, engine.Commit{Review: []engine.Review{{Pair: b.pair.ID, ID: "a1", Reason: "shared_key", At: b.now}, {Pair: b.pair.ID, ID: "a2", Reason: "shared_key", At: b.now}},
		Conflict: []engine.Conflict{{Link: "l1", Field: "phone=phone_number", Open: true, At: b.now}}})
	must(b.t, b.store.AddHints(b.t.Context(), b.conns[0].Workspace, b.pair.ID, []engine.Hint{{Side: engine.B, ID: "b1", Reason: "parked", At: b.now, Due: b.now.Add(1e6 * time.Hour),
		Problem: "HighLevel refused the value of Phone: it must be a valid phone number. Correct the value in the record and try again."}}))
}

// runPath is the address of a run that is under way, made for this.
func (b *bundle) runPath(store.User) string {
	b.t.Helper()
	return "/runs/" + b.once("run", func() string { return b.begun(time.Minute).ID })
}

func fmtInt(n int) string { return templates.Number(n) }
