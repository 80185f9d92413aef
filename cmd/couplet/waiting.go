package main

import (
	"fmt"

	"couplet/internal/command"
	"couplet/internal/engine"
)

// decided tells what a person just decided at the command line.
func decided(t *terminal, q command.Place, o engine.Order, asJSON bool) error {
	if asJSON {
		return t.json(command.OrderJSON(o))
	}
	t.printf("Decided: %s.\n", saysOrder(o, q.Names))
	if q.Flow.Enabled {
		t.printf("The next run carries it out: a `couplet serve` that runs does so at once, or `couplet run %s`.\n", q.Flow.Name)
	} else {
		t.printf("Flow %s is off, so it waits until the flow is on again.\n", q.Flow.Name)
	}
	return nil
}

// takenBack tells that an answer waits no more.
func takenBack(t *terminal, q command.Place, o engine.Order) {
	t.printf("Taken back: %s. It waits for an answer again.\n", saysOrder(o, q.Names))
}

// saysOrder says what an order does.
func saysOrder(o engine.Order, names [2]string) string {
	switch o.Kind {
	case engine.OrderChoose:
		return fmt.Sprintf("the value of %s, %s, counts on both sides", names[o.From], showOf(o.Field, o.Seen[o.From]))
	case engine.OrderPut:
		return show(o.Value) + " is put on both sides"
	case engine.OrderLink:
		return fmt.Sprintf("%s of %s is linked with %s of %s", o.Record, names[o.Side], o.Partner, names[o.Side.Other()])
	case engine.OrderCreate:
		return fmt.Sprintf("a new record is made in %s for %s of %s", names[o.Side.Other()], o.Record, names[o.Side])
	case engine.OrderDelete:
		return fmt.Sprintf("%s of %s is deleted like its partner", o.Record, names[o.Side])
	case engine.OrderKeep:
		return fmt.Sprintf("%s of %s is kept, though its partner was deleted", o.Record, names[o.Side])
	case engine.OrderAccept:
		return fmt.Sprintf("%s of %s is written, though the preview did not show it so", o.Record, names[o.Side])
	}
	if o.Field != "" {
		return "the two values stay different"
	}
	return fmt.Sprintf("%s of %s is left alone", o.Record, names[o.Side])
}
