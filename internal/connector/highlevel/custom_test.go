package highlevel_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"couplet/internal/connector"
	pretend "couplet/internal/sandbox/highlevel"
)

// Sections 4.3 and 7.2: lists are written as a whole, so a delta is worked out on what is there.
func TestPickListsKeepTheirOptions(t *testing.T) {
	t.Parallel()
	r := newRig(t, pretend.Options{}, nil)
	many, err := r.conn.EnsureField(t.Context(), "contact", connector.Field{Label: "Plans", Type: connector.Set, Options: []string{"a", "b", "c"}})
	if err != nil || many.Type != connector.Set || fmt.Sprint(many.Options) != "[a b c]" {
		t.Fatal(many, err)
	}
	one, err := r.conn.EnsureField(t.Context(), "contact", connector.Field{Label: "Level", Type: connector.Option, Options: []string{"gold", "tin"}})
	if err != nil || one.Type != connector.Option {
		t.Fatal(one, err)
	}
	rec, err := r.conn.Create(t.Context(), "contact", "", connector.Fields{
		"email": "a@example.com", many.Name: []string{"a", "b"}, one.Name: "gold", "tags": connector.Delta{Add: []string{"t"}},
	})
	if err != nil || fmt.Sprintln(rec.Fields[many.Name], rec.Fields[one.Name], rec.Fields["tags"]) != "[a b] gold [t]\n" {
		t.Fatal(rec, err)
	}
	rec, err = r.conn.Update(t.Context(), rec.Ref, connector.Fields{many.Name: connector.Delta{Add: []string{"c", "b"}, Remove: []string{"a"}}})
	if err != nil || fmt.Sprint(rec.Fields[many.Name]) != "[b c]" {
		t.Error(rec, err)
	}
	rec, err = r.conn.Update(t.Context(), rec.Ref, connector.Fields{many.Name: nil, one.Name: nil})
	if v, shown := rec.Fields[many.Name]; err != nil || !shown || v != nil || rec.Fields[one.Name] != nil {
		t.Error(rec, err)
	}
	_, err = r.conn.Update(t.Context(), rec.Ref, connector.Fields{many.Name: []string{"no such option"}})
	if e, _ := connector.AsError(err); e == nil || e.Kind != connector.Invalid || strings.Contains(e.Message, "no such option") {
		t.Error(err)
	}
}

// Section 4.3: values as other clients and other versions leave them.
func TestOddCustomValuesAreRead(t *testing.T) {
	t.Parallel()
	types := []string{"TEXT", "NUMERICAL", "DATE", "CHECKBOX", "TEXTBOX_LIST", "RADIO", "SIGNATURE"}
	values := []string{`7`, `"12.50"`, `1772236800000`, `"only"`, `{"o1":"x"}`, `""`, `null`}
	want := []any{"7", 12.5, "2026-02-28", "[only]", `{"o1":"x"}`, nil, nil}
	var defs, fields []string
	for i, kind := range types {
		defs = append(defs, fmt.Sprintf(`{"id":"f%d","name":"F%d","dataType":%q,"model":"contact"}`, i, i, kind))
		name := "value"
		if i == 0 {
			name = "fieldValue" // 2.1
		}
		fields = append(fields, fmt.Sprintf(`{"id":"f%d",%q:%s}`, i, name, values[i]))
	}
	r := newRig(t, pretend.Options{}, func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			if strings.HasSuffix(req.URL.Path, "/customFields") {
				_, _ = fmt.Fprintf(w, `{"customFields":[%s,{"id":"o","name":"O","dataType":"TEXT","model":"opportunity"}]}`, strings.Join(defs, ","))
				return
			}
			_, _ = fmt.Fprintf(w, `{"contact":{"id":"C1","dateOfBirth":638236800000,"customFields":[%s]}}`, strings.Join(fields, ","))
		})
	})
	rec, err := r.conn.Get(t.Context(), connector.Ref{Object: "contact", ID: "C1"})
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		got, shown := rec.Fields[fmt.Sprintf("customFields.f%d", i)]
		if !shown || fmt.Sprint(got) != fmt.Sprint(want[i]) {
			t.Errorf("%s %s is read as %#v (shown: %v), want %#v", types[i], values[i], got, shown, want[i])
		}
	}
	if rec.Fields["dateOfBirth"] != "1990-03-24" {
		t.Errorf("dateOfBirth is %v", rec.Fields["dateOfBirth"])
	}
	described, err := r.conn.Describe(t.Context(), "contact")
	if err != nil {
		t.Fatal(err)
	}
	if f, ok := connector.FieldNamed(described, "customFields.f4"); !ok || f.OnUpdate != connector.No || !f.Read {
		t.Errorf("a field that cannot be written is described as %+v", f)
	}
	if _, ok := connector.FieldNamed(described, "customFields.o"); ok {
		t.Error("a field of opportunities is described")
	}
}

// A catalog that has grown old is read again when a field is asked for that it lacks, and only once.
func TestCatalogIsReadAgainForNewFieldsOnly(t *testing.T) {
	t.Parallel()
	r := newRig(t, pretend.Options{}, nil)
	id := r.add("Anna", "Nowak")
	ref := connector.Ref{Object: "contact", ID: id}
	reads := func() (n int) {
		for _, call := range *r.calls {
			if strings.HasPrefix(call, "GET /locations/") {
				n++
			}
		}
		return n
	}
	for range 3 {
		if _, err := r.conn.Get(t.Context(), ref); err != nil {
			t.Fatal(err)
		}
	}
	if reads() != 1 {
		t.Errorf("%d reads for three calls", reads())
	}
	other := r.connect(r.acc)
	made, err := other.EnsureField(t.Context(), "contact", connector.Field{Label: "New", Type: connector.Number})
	if err != nil {
		t.Fatal(err)
	}
	before := reads()
	for range 2 {
		rec, err := r.conn.Update(t.Context(), ref, connector.Fields{made.Name: 5.0, "customFields.none": nil})
		if v, shown := rec.Fields["customFields.none"]; err != nil || rec.Fields[made.Name] != 5.0 || !shown || v != nil {
			t.Errorf("%v %v", rec.Fields, err)
		}
	}
	if n := reads() - before; n != 1 {
		t.Errorf("%d reads for a new field", n)
	}
}
