package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
	"couplet/internal/sandbox/kit"
)

// Somebody empties a field of many people: that is believed, and the fields are read once more per page and once per write.
func TestEmptyingAFieldOfManyAsksForTheFieldsOncePerPage(t *testing.T) {
	t.Parallel()
	d := newDrifting(t, sandbox.Options{})
	const many = 20 // which the brake allows
	for i := range many {
		d.add(engine.A, fields{"firstName": fmt.Sprint("Many", i), "lastName": "Bell", "email": fmt.Sprintf("many%d@example.com", i), "customFields": d.plan("gold")})
	}
	d.pass(time.Hour)
	d.run(engine.Done)
	d.pass(time.Hour)
	asked := func() int {
		return d.calls(engine.A, func(c kit.Call) bool { return c.Method == "GET" && strings.Contains(c.Path, "customFields") })
	}
	before := asked()
	for id, r := range d.all(engine.A) {
		if !mapping.Empty(r.Fields[d.name()]) {
			d.edit(engine.A, id, fields{"customFields": d.plan("")})
		}
	}
	d.pass(time.Minute)
	if r := d.run(engine.Done); r.To[engine.B].Updated < many {
		t.Errorf("%d people were emptied on side b, want %d", r.To[engine.B].Updated, many+1)
	}
	if n := asked() - before; n > 6 {
		t.Errorf("the fields of side a were asked for %d times", n)
	}
	d.wantPlan(nil, nil)
}
