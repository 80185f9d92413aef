package automation

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"couplet/internal/automation/script"
	"couplet/internal/connector"
	"couplet/internal/flow"
)

// usual is how a step that failed is tried again: after a random part of 5 s, 10 s, 20 s and so on, of at most a quarter of an hour.
var usual = flow.Retry{Base: flow.Duration(5 * time.Second), Max: flow.Duration(15 * time.Minute)}

// closed is how often an account that cannot be used is asked again.
const closed = 5 * time.Minute

// after is how long it takes to the try after so many. Times that somebody chose are kept as they are; others are spread.
func (r Retry) after(tries int, random func() float64) time.Duration {
	t := usual
	if r.First > 0 {
		t.Base = r.First
		random = func() float64 { return 1 }
	}
	if r.Longest > 0 {
		t.Max = r.Longest
	} else if t.Base > t.Max {
		t.Max = t.Base
	}
	return t.Delay(tries-1, random)
}

// failed decides what a failure of a step leads to. sure says that another try would end the same way.
func (w *working) failed(ctx context.Context, st Step, e Entry, err error, sure bool) (Entry, error) {
	if errors.Is(err, ErrLost) {
		return e, err
	}
	kind := connector.KindOf(err)
	_, answered := connector.AsError(err)
	sure = sure || answered && (kind == connector.Invalid || kind == connector.Duplicate || kind == connector.NotFound || kind == connector.Forbidden)
	if st.Once && sure {
		if err := w.r.Store.Unclaim(ctx, w.ws, w.f, st.ID); err != nil {
			return e, err
		}
	}
	e.Text = sentence(err)
	tries := 1
	if w.f.Step == e.At {
		tries += w.f.Attempts
	}
	most := st.Retry.Tries
	if most == 0 && st.Fail != "" && st.Fail != Again {
		most = FewTries
	}
	last := most > 0 && tries >= most
	switch {
	case answered && (kind == connector.Unauthorized || kind == connector.Config):
		e.State = StepWaits
		if err := w.note(ctx, e); err != nil {
			return e, err
		}
		return e, w.refused(e.At, err)
	case st.Fail == Skip && (sure || last):
		e.Text = "It failed and was left out: " + e.Text
		e, err := w.end(ctx, e, StepFailed)
		return e, err
	case st.Fail == End && (sure || last):
		e, err := w.end(ctx, e, StepFailed)
		if err != nil {
			return e, err
		}
		return e, &halt{State: Ended, Step: e.At, Reason: "A step failed, after which nothing is done for this record: " + e.Text}
	}
	e.State = StepWaits // for its next try, be it by itself or by a person
	longest := st.FailFor.D()
	if longest == 0 {
		longest = UsualFail
	}
	now := w.r.Now()
	since := now
	if w.f.Step == e.At && !w.f.Since.IsZero() {
		since = w.f.Since
	}
	h := &halt{State: Waiting, Step: e.At, Reason: e.Text, Failed: true, Due: now.Add(st.Retry.after(tries, w.r.Random))}
	if x, ok := connector.AsError(err); ok && x.After > 0 {
		h.Due = now.Add(x.After)
	}
	if sure || last || now.Sub(since) >= longest {
		h.State, h.Due = Parked, time.Time{}
	}
	if err := w.note(ctx, e); err != nil {
		return e, err
	}
	return e, h
}

// refused waits for an account that cannot be used.
func (w *working) refused(at string, err error) error {
	return &halt{State: Waiting, Step: at, Due: w.r.Now().Add(closed), Reason: fmt.Sprintf("It waits for an account that cannot be used: %s", sentence(err))}
}

// sentence is an error as a sentence.
func sentence(err error) string {
	text := strings.TrimSuffix(strings.TrimSpace(err.Error()), ".")
	if text == "" {
		return "It failed."
	}
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:] + "."
}

// stopped reports whether a script ended by no fault of its own.
func stopped(err error) bool {
	var e *script.Error
	return errors.As(err, &e) && e.Kind == script.Stopped
}
