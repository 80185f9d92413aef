package automation

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"couplet/internal/connector"
)

const (
	// parting is how long a call that makes something may go on when the program ends, so that its end is heard.
	parting = 10 * time.Second
	// largest is how much of an answer is read.
	largest = 1 << 20
)

func (w *working) operation(ctx context.Context, st Step, e Entry) (Entry, error) {
	op, ok := w.r.Systems.Find(st)
	if !ok {
		return w.failed(ctx, st, e, fmt.Errorf("there is no operation %q; choose one of the catalog", st.Operation), true)
	}
	name := w.r.Systems[st.System].Spec.Name
	if e.State == Sending && op.Makes {
		return w.doubtful(ctx, st, e, "The program ended while this was being done in "+name)
	}
	acc, ok := w.accounts[st.System]
	if !ok {
		return w.failed(ctx, st, e, fmt.Errorf("no %s account is chosen; choose one at the top of the automation", name), true)
	}
	in, err := w.input(st)
	if w.staffless != nil {
		return w.failed(ctx, st, e, w.staffless, false)
	}
	if err == nil {
		err = unset(op, st, in, w.given)
	}
	if err != nil {
		return w.failed(ctx, st, e, err, true)
	}
	if left, err := w.claim(ctx, st, &e); left || err != nil {
		return e, err
	}
	e.Input = in
	if e.Attempts == 0 { // a later try would look at what the first one may have done
		e.Was = w.before(ctx, acc, st.System, op, in)
	}
	if err := w.sending(ctx, &e); err != nil {
		return e, err
	}
	call, over := parted(ctx, op.Makes)
	answer, err := acc.Operator.Do(call, op.ID, in)
	over()
	gives, found := Answer(answer, nil)
	if op.Kind == connector.Finds {
		gives, found = Answer(answer, err)
		if err != nil && !found {
			err = nil
		}
	} else if err == nil {
		delete(gives, "found")
	}
	switch kind := connector.KindOf(err); {
	case err == nil:
	case ctx.Err() != nil && !op.Makes:
		return e, ctx.Err() // it is made again
	case kind == connector.Unknown && op.Makes:
		return w.doubtful(ctx, st, e, name+" did not say whether this was done: "+err.Error())
	default:
		return w.failed(ctx, st, e, err, false)
	}
	if e.Text = "Done in " + name + ": " + op.Title + "."; op.Kind == connector.Finds {
		e.Text = "Looked up in " + name + ": " + op.Title + "."
		if !found {
			e.Text = "Looked up in " + name + ": nothing was found."
		}
	} else {
		e.Made = madeBy(w.r.Systems[st.System].Catalog, st.System, op, in, gives)
	}
	return w.done(ctx, e, gives)
}

// before is what the record holds of what an operation is about to change, for taking it back. Where nobody can tell, the step is
// done all the same, and stays.
func (w *working) before(ctx context.Context, acc Account, system string, op *connector.Operation, in map[string]any) map[string]any {
	u := w.r.Systems[system].Catalog.Undo[op.ID]
	if u == nil || !u.Before() {
		return nil
	}
	answer, err := acc.Operator.Do(ctx, u.Look.Operation, u.Look.Asks(in, nil))
	if err != nil {
		return nil
	}
	return u.Keep(in, u.Look.Shown(answer))
}

// input is what a step is given. Who works in the accounts is asked anew by the next step where nobody could tell.
func (w *working) input(st Step) (map[string]any, error) {
	w.staffless = nil
	return w.scene.Input(st)
}

// parted is the context of a call. One that makes something outlives the end of the program a little.
func parted(ctx context.Context, makes bool) (context.Context, context.CancelFunc) {
	if !makes {
		return ctx, func() {}
	}
	call, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(parting, cancel) })
	return call, func() { stop(); cancel() }
}

// claim asks whether a step that is done once for a record is to be done by this firing.
func (w *working) claim(ctx context.Context, st Step, e *Entry) (left bool, err error) {
	if !st.Once || w.f.Record == "" {
		return false, nil
	}
	ours, err := w.r.Store.Claim(ctx, w.ws, w.f, st.ID)
	if err != nil || ours {
		return false, err
	}
	e.Text = "Left out: it was done for this record before."
	*e, err = w.end(ctx, *e, StepLeft)
	return true, err
}

// sending notes that a call leaves.
func (w *working) sending(ctx context.Context, e *Entry) error {
	e.State = Sending
	e.Attempts++
	return w.note(ctx, *e)
}

// doubtful leaves a step to a person that may have been done.
func (w *working) doubtful(ctx context.Context, st Step, e Entry, what string) (Entry, error) {
	e.State = InDoubt
	e.Text = strings.TrimSuffix(what, ".") + ". It may have happened, so it is not done again by itself. Look there, then say whether it was done."
	if err := w.note(ctx, e); err != nil {
		return e, err
	}
	return e, &halt{State: Parked, Step: e.At, Reason: e.Text}
}

// things are the kinds of records that the shelves of a catalog are about.
var things = map[string]string{"contacts": "contact", "tags": "contact", "tasks": "task", "notes": "note", "companies": "company", "deals": "deal", "calendars": "appointment"}

// madeBy names the record that a call made or changed: by the id in its answer, else by the one in its address.
func madeBy(c *connector.Catalog, system string, op *connector.Operation, in, gives map[string]any) string {
	thing, id := things[op.Group], said(gives["id"])
	for name, t := range c.Things {
		for _, key := range t.Alone {
			if one, ok := gives[key].(map[string]any); ok && one["id"] != nil {
				thing, id = name, said(one["id"])
			}
		}
	}
	for _, t := range op.Takes {
		if id == "" && t.In == "path" && t.Asked() {
			id = said(in[t.Name])
		}
	}
	if thing == "" || id == "" {
		return ""
	}
	return system + " " + thing + " " + id
}

func (w *working) request(ctx context.Context, st Step, e Entry) (Entry, error) {
	again := slices.Contains([]string{http.MethodGet, http.MethodPut, http.MethodDelete, http.MethodHead}, st.HTTP.Method)
	if e.State == Sending && !again {
		return w.doubtful(ctx, st, e, "The program ended while this address was being called")
	}
	sent, err := w.scene.Request(st)
	if err != nil {
		return w.failed(ctx, st, e, err, true)
	}
	if err := w.mayCall(ctx, sent.Address); err != nil {
		return w.failed(ctx, st, e, err, true)
	}
	if left, err := w.claim(ctx, st, &e); left || err != nil {
		return e, err
	}
	e.Input = map[string]any{"method": sent.Method, "address": withoutKeys(sent.Address), "body": sent.Body} // headers may hold keys
	if err := w.sending(ctx, &e); err != nil {
		return e, err
	}
	call, over := parted(ctx, !again)
	status, body, err := w.call(call, sent)
	over()
	switch {
	case err == nil && status < 300:
		e.Text = fmt.Sprintf("Called; the answer was %d.", status)
		return w.done(ctx, e, map[string]any{"status": float64(status), "body": body})
	case err == nil && (status == http.StatusTooManyRequests || status >= 500 && again):
		return w.failed(ctx, st, e, fmt.Errorf("the address answered %d", status), false)
	case err == nil && status < 500:
		return w.failed(ctx, st, e, fmt.Errorf("the address answered %d: %s", status, short(said(body))), true)
	case connector.KindOf(err) == connector.Config:
		return w.failed(ctx, st, e, errors.New(err.Error()), true)
	case !again:
		what := fmt.Sprintf("The address answered %d", status)
		if err != nil {
			what = "Nobody heard whether this call arrived: " + err.Error()
		}
		return w.doubtful(ctx, st, e, what)
	case ctx.Err() != nil:
		return e, ctx.Err()
	}
	return w.failed(ctx, st, e, err, false)
}

// keyed are the names of parameters that hold keys more often than not.
var keyed = regexp.MustCompile(`(?i)key|token|secret|sign|sig$|pass|auth|code`)

// withoutKeys is an address as it may stand in a log: no password, and no value of a parameter that sounds like a key.
func withoutKeys(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	if u.User != nil {
		u.User = url.User("…")
	}
	q, hid := u.Query(), false
	for name, values := range q {
		if keyed.MatchString(name) {
			for i := range values {
				values[i], hid = "…", true
			}
		}
	}
	if hid {
		u.RawQuery = q.Encode()
	}
	out, err := url.PathUnescape(u.String())
	if err != nil || !hid && u.User == nil {
		return address
	}
	return out
}

// mayCall refuses hosts that nobody allowed.
func (w *working) mayCall(ctx context.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return fmt.Errorf("%q is no address", short(address))
	}
	hosts, err := w.r.Accounts.Hosts(ctx, w.ws)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(hosts, func(h string) bool { return strings.EqualFold(h, u.Host) || strings.EqualFold(h, u.Hostname()) }) {
		return fmt.Errorf("steps may not call %s. An owner allows hosts under Settings, Workspace", u.Host)
	}
	return nil
}

// call makes a request of a person's own. The answer is read as JSON where it is.
func (w *working) call(ctx context.Context, sent Sent) (status int, body any, err error) {
	req, err := http.NewRequestWithContext(ctx, sent.Method, sent.Address, bytes.NewReader([]byte(sent.Body)))
	if err != nil {
		return 0, nil, &connector.Error{Kind: connector.Config, Message: "the address cannot be called: " + err.Error()}
	}
	for k, v := range sent.Headers {
		req.Header.Set(k, v)
	}
	res, err := w.r.HTTP.Do(req)
	if err != nil {
		var why *url.Error
		if said, ok := connector.AsError(err); ok {
			err = said
		} else if errors.As(err, &why) {
			err = why.Err // without the address, which may hold a key
		}
		return 0, nil, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, largest))
	if err != nil {
		return res.StatusCode, nil, err
	}
	if json.Unmarshal(text, &body) != nil {
		body = string(text)
	}
	return res.StatusCode, body, nil
}

func (w *working) script(ctx context.Context, st Step, e Entry) (Entry, error) {
	in, err := w.input(st)
	if w.staffless != nil {
		return w.failed(ctx, st, e, w.staffless, false)
	}
	if err != nil {
		return w.failed(ctx, st, e, err, true)
	}
	e.Input = in
	e.Attempts++
	got, err := w.r.Scripts.Run(ctx, st.Code, in)
	if ctx.Err() != nil {
		return e, ctx.Err()
	}
	if err != nil {
		return w.failed(ctx, st, e, err, !stopped(err))
	}
	e.Text = "It ran."
	return w.done(ctx, e, map[string]any{"result": got.Output})
}
