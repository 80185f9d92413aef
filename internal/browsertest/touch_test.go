package browsertest

import (
	"fmt"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// finger touches a page that is 390 pixels wide; only texts are typed.
type finger struct{ b *tab }

// touching is a finger on pages that are seen as on a phone.
func touching(b *tab) finger {
	b.t.Helper()
	b.seen(looks[2])
	return finger{b}
}

func (f finger) name() string { return "touch" }

func (f finger) write(w what, text string) {
	f.b.t.Helper()
	f.press(w)
	f.b.until("has the focus: "+string(w), func() bool { return f.b.focused(w) })
	f.b.retype(text)
}

func (f finger) place(w what) (p point) {
	f.b.t.Helper()
	f.b.until("can be touched: "+string(w), func() bool {
		at := ask[*point](f.b, fmt.Sprintf("ready() ? spot(%s) : null", w))
		still := at != nil && *at == p
		if at != nil {
			p = *at
		}
		return still
	})
	return p
}

func (f finger) touch(kind input.DispatchTouchEventType, at ...*input.TouchPoint) {
	f.b.t.Helper()
	_, err := chromedp.Call(f.b.ctx, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: append([]*input.TouchPoint{}, at...)})
	f.b.must(err)
}

// press touches until a click arrives. Right after a quick drag Chromium gives the page a touch that nobody prevented and, now and
// then, makes no click of it.
func (f finger) press(w what) {
	f.b.t.Helper()
	for range 3 {
		p := f.place(w)
		if f.b.clicks(w, func() {
			f.touch(input.DispatchTouchEventTypeTouchStart, &input.TouchPoint{X: p.X, Y: p.Y})
			f.touch(input.DispatchTouchEventTypeTouchEnd)
		}) {
			return
		}
	}
	f.b.t.Fatalf("taps never arrive: %s", w)
}

func (f finger) drag(from, to what) {
	f.b.t.Helper()
	f.place(to)
	a := f.place(from)
	z := ask[point](f.b, fmt.Sprintf("(() => { const r = %s.getBoundingClientRect(); return { X: r.left + r.width / 2, Y: r.top + r.height / 2 } })()", to))
	f.touch(input.DispatchTouchEventTypeTouchStart, &input.TouchPoint{X: a.X, Y: a.Y})
	for i := 1; i <= 10; i++ {
		f.touch(input.DispatchTouchEventTypeTouchMove, &input.TouchPoint{X: a.X + (z.X-a.X)*float64(i)/10, Y: a.Y + (z.Y-a.Y)*float64(i)/10})
	}
	f.touch(input.DispatchTouchEventTypeTouchEnd)
}
