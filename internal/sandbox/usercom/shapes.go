package usercom

// The names of the shapes of things.
const (
	deals, tickets, events, productEvents, visits, talks, products = "deals", "tickets", "events", "product_events", "ping_hits", "conversations", "products"
)

var (
	words   = of(asText)
	number  = of(asInt)
	instant = of(asTime)
)

// shapes are the things by name. custom_id of a deal may not repeat, as it is the key of update_or_create; of a ticket
// nothing is said.
var shapes = map[string]shape{
	deals: {first: 8000, open: true, unique: true, fields: []field{
		{"custom_id", false, words, plainly}, {"name", true, words, plainly}, {"value", false, of(asFloat), money}, {"currency", false, words, plainly},
		{"status", false, of(between(0, 4)), plainly}, {"pipeline", false, number, plainly}, {"stage", false, number, plainly}, {"assigned_to", false, number, plainly},
		{"expected_close_date", false, of(asDate), plainly}, {"won_at", false, instant, moment}, {"lost_at", false, instant, moment}, {"loss_reason", false, words, plainly},
	}},
	tickets: {first: 9000, open: true, fields: []field{
		{"custom_id", false, words, plainly}, {"name", true, words, plainly}, {"description", true, words, plainly}, {"due_date", true, instant, moment},
		{"status", false, of(among("draft", "active", "closed", "archived")), plainly}, {"priority", false, number, plainly}, {"assigned_to", false, number, plainly},
	}},
	events: {first: 60000, whose: true, fields: []field{
		{"name", true, words, plainly}, {"timestamp", false, of(seconds), moment}, {"data", false, object, plainly},
	}},
	productEvents: {first: 65000, whose: true, fields: []field{
		{"event_type", true, words, plainly}, {"timestamp", false, of(seconds), moment}, {"data", false, object, plainly}, {"product", false, number, plainly},
	}},
	visits: {first: 50000, whose: true, fields: []field{{"timestamp", false, of(seconds), moment}}},
	talks: {first: 80, whose: true, fields: []field{
		{"content", true, words, plainly}, {"user", true, number, plainly}, {"source", true, of(between(1, 5)), plainly}, {"source_context", false, object, plainly},
	}},
	products: {first: 10, unique: true, fields: []field{
		{"custom_id", false, words, plainly}, {"name", true, words, plainly}, {"price", false, of(asFloat), money}, {"currency", false, words, plainly},
	}},
}

// furnish puts in what no known call makes: people do it in the vendor's own pages.
func (c *CRM) furnish() {
	c.things = map[string]*table[thing]{}
	for _, one := range []map[string]any{
		{"custom_id": "check-up", "name": "Check-up", "price": 80.0, "currency": "USD"}, {"custom_id": "whitening", "name": "Whitening", "price": 480.0, "currency": "USD"},
	} {
		t := &thing{ID: c.thingsOf(products).newID(), Fields: one}
		c.thingsOf(products).put(t.ID, t)
	}
}

// segments are rules that people made; who belongs to one follows from the contact.
var segments = []struct {
	ID   int64
	Name string
	Has  func(*contact) bool
}{
	{61, "With an email", func(u *contact) bool { return u.Email != "" }},
	{62, "Nobody's", func(u *contact) bool { return u.AssignedTo == 0 }},
}
