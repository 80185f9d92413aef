package engine_test

import (
	"fmt"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/sandbox"
	"couplet/internal/sandbox/usercom"
)

// What is filled in because a system asks for it depends on the clock, so the run fills in another minute than its preview
// showed. Nobody changed anything: it is what was approved.
func TestADueDateThatIsFilledInIsAsApproved(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Seed: 3})
	_, b := f.couple("ada@example.com")
	f.as(f.tasks)
	const many = 30 // more than may go beyond
	for i := range many {
		f.box.UserCom.AddTask(b, usercom.Seeded{Title: fmt.Sprint("Some day ", i), Made: f.box.Clock.Now()})
	}
	f.approve()
	f.pass(10 * time.Minute)
	if r := f.run(engine.Done); r.Beyond != 0 || r.Held != 0 || r.To[engine.A].Created != many {
		t.Errorf("%d beyond, %d held, %+v", r.Beyond, r.Held, r.To)
	}
}
