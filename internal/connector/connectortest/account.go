package connectortest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"couplet/internal/connector"
)

func ensureField(b *bench) {
	before, err := b.describer().Describe(b.ctx(), "contact")
	b.must(err)
	object, _ := b.conn.Spec().Object("contact")
	for _, f := range object.Fields {
		if _, ok := connector.FieldNamed(before, f.Name); !ok {
			b.Errorf("the standard field %s is not described", f.Name)
		}
	}
	first, err := b.describer().EnsureField(b.ctx(), "contact", object.Stamp)
	b.must(err)
	second, err := b.describer().EnsureField(b.ctx(), "contact", object.Stamp)
	b.must(err)
	if first.Name == "" || first.Name != second.Name || !first.Custom || first.Type != connector.Text {
		b.Errorf("ensured %+v, then %+v", first, second)
	}
	after, err := b.describer().Describe(b.ctx(), "contact")
	b.must(err)
	if got, ok := connector.FieldNamed(after, first.Name); !ok || got.Label != object.Stamp.Label || !got.Custom {
		b.Errorf("the new field is described as %+v", got)
	}
	if len(after) != len(before)+1 {
		b.Errorf("%d fields became %d", len(before), len(after))
	}
}

func ensureTogether(b *bench) {
	want := connector.Field{Label: "Made once", Type: connector.Text}
	type result struct {
		field connector.Field
		err   error
	}
	done := make(chan result)
	for range 6 {
		go func() {
			f, err := b.describer().EnsureField(b.ctx(), "contact", want)
			done <- result{f, err}
		}()
	}
	names := map[string]bool{}
	for range 6 {
		r := <-done
		b.must(r.err)
		names[r.field.Name] = true
	}
	if len(names) != 1 {
		b.Errorf("%d fields were made", len(names))
	}
}

func checkIdentity(b *bench) {
	ids := b.Seed(2)
	before := b.get(ids[0])
	for _, write := range []bool{false, true} {
		who, err := b.checker(b.conn).Check(b.ctx(), write)
		b.must(err)
		if who != b.Identity {
			b.Errorf("got %+v, want %+v", who, b.Identity)
		}
	}
	if after := b.get(ids[0]); after.Version != before.Version {
		b.Errorf("the check changed a record")
	}
	if n := len(b.readAll(time.Time{})); n != len(ids) {
		b.Errorf("the check left %d records where %d were", n, len(ids))
	}
}

func wrongKey(b *bench) {
	conn := b.connect(b.WrongToken)
	_, err := b.checker(conn).Check(b.ctx(), true)
	b.wantKind(err, connector.Unauthorized)
	_, err = conn.Get(b.ctx(), ref(b.Nobody))
	b.wantKind(err, connector.Unauthorized)
	_, err = conn.List(b.ctx(), connector.ListRequest{Object: "contact"})
	b.wantKind(err, connector.Unauthorized)
	_, err = conn.Create(b.ctx(), "contact", "", b.person("wrong@example.com"))
	b.wantKind(err, connector.Unauthorized)
}

func foreignKey(b *bench) {
	for _, key := range []string{"abc123", "", "two words", "line\nbreak", strings.Repeat("x", 63), "sk-" + strings.Repeat("1", 40)} {
		sent := b.tap.Sent()
		_, err := b.checker(b.connect(key)).Check(b.ctx(), true)
		b.wantKind(err, connector.Unauthorized)
		if b.tap.Sent() != sent {
			b.Errorf("a call was made with the key %q", key)
		}
	}
	acc := b.account(b.Token)
	acc.Params = nil
	if _, err := b.New(acc); connector.KindOf(err) != connector.Config {
		b.Errorf("an account without params: %v", err)
	}
}

// discreet makes the server repeat the key and a person's data in every refusal.
func discreet(b *bench) {
	const secretMail, secretPhone = "jane.secret@example.com", "+48600999888"
	made := b.warm()
	leak := fmt.Sprintf("bad value %s %s key %s for Bearer %s", secretMail, secretPhone, b.Token, b.Token)
	bodies := []string{
		fmt.Sprintf(`{"message":%q}`, leak), fmt.Sprintf(`{"message":[%q]}`, leak), fmt.Sprintf(`{"detail":%q}`, leak),
		fmt.Sprintf(`{%q:["nope"],"email":[%q]}`, "email", leak), leak, "",
	}
	look := func(err error) {
		for e := err; e != nil; e = errors.Unwrap(e) {
			for _, secret := range []string{secretMail, secretPhone, b.Token, "jane.secret"} {
				if strings.Contains(e.Error(), secret) {
					b.Errorf("an error tells %q: %v", secret, e)
				}
			}
		}
	}
	for _, status := range []int{302, 400, 401, 403, 404, 405, 409, 422, 429, 500} {
		for _, body := range bodies {
			b.tap.Always(Answer(status, body))
			values := b.person(secretMail)
			values[b.Phone] = secretPhone
			_, err := b.conn.Create(b.ctx(), "contact", "", values)
			look(err)
			_, err = b.conn.Update(b.ctx(), ref(made.ID), connector.Fields{b.Email: secretMail})
			look(err)
			_, err = b.conn.Find(b.ctx(), "contact", "", connector.Fields{b.Email: secretMail})
			look(err)
			_, err = b.conn.List(b.ctx(), connector.ListRequest{Object: "contact"})
			look(err)
		}
	}
	b.tap.Always(Lost)
	_, err := b.conn.Find(b.ctx(), "contact", "", connector.Fields{b.Email: secretMail})
	look(err)
}

func budgeted(b *bench) {
	made := b.warm()
	b.tap.Plan(nil, Lost, Answer(500, ""), Answer(429, ""))
	for range 5 {
		_, _ = b.conn.Get(b.ctx(), ref(made.ID))
	}
	starts, ends := b.budget.Calls()
	if starts != b.tap.Sent() || starts != len(ends) {
		b.Errorf("%d calls, %d starts, %d ends", b.tap.Sent(), starts, len(ends))
	}
	if got := fmt.Sprint(ends[len(ends)-6:]); got != "[200 0 500 429 200 200]" {
		b.Errorf("ends are %s", got)
	}
}

func observed(b *bench) {
	made := b.warm()
	values := connector.Fields{b.Email: "seen@example.com", b.Phone: "+48601234567"}
	_, err := b.conn.Find(b.ctx(), "contact", "", values)
	b.must(err)
	_, err = b.conn.Update(b.ctx(), ref(made.ID), connector.Fields{b.City: "x"})
	b.must(err)
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.exchanges) != b.tap.Sent() {
		b.Errorf("%d calls, %d observed", b.tap.Sent(), len(b.exchanges))
	}
	wrote := false
	for _, e := range b.exchanges {
		wrote = wrote || e.Write
		if e.Status == 0 || e.Method == "" || e.Path == "" || e.Took <= 0 || strings.ContainsAny(e.Path, "?@+") {
			b.Errorf("observed %+v", e)
		}
	}
	if !wrote {
		b.Error("no write was observed as one")
	}
}
