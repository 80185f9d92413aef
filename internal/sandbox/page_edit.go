package sandbox

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"couplet/internal/sandbox/kit"
)

// formData is the form of one contact.
type formData struct {
	Side    side
	ID      string // "" for a new one
	Who     string
	Fields  []kit.Field
	Was     map[string]string // what the inputs showed when the form was opened
	At      place
	Problem string
	Shelf   bool // whether this CRM's pages have tasks and notes
	Items   []kit.Item
	Kinds   []string // what can be added to them
}

func (p *page) form(w http.ResponseWriter, r *http.Request) {
	d, _, ok := p.open(w, r, r.URL.Query())
	if !ok {
		return
	}
	p.show(w, http.StatusOK, d)
}

// open finds the contact of a path; its answer is a page when there is none.
func (p *page) open(w http.ResponseWriter, r *http.Request, v url.Values) (*formData, desk, bool) {
	at := placeOf(v)
	d := &formData{ID: r.PathValue("id"), At: at, Was: map[string]string{}}
	system, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	one, column, ok := p.desk(system, at.Location)
	if ok {
		d.Side = column
		d.Fields, ok = one.Form(d.ID)
	}
	if !ok {
		p.Refuse(w, kit.Refused{Status: http.StatusNotFound, Title: "This contact is not there",
			Why: "It may have been deleted meanwhile, by a person or by an app.", Fix: "Go back to the list and search for it."})
		return nil, nil, false
	}
	for _, f := range d.Fields {
		d.Was[f.Name] = f.Value
	}
	d.Who = who(d.Was)
	var s shelf
	if s, d.Shelf = one.(shelf); d.Shelf && d.ID != "" {
		d.Items, d.Kinds = s.Items(d.ID), s.ItemKinds()
	}
	return d, one, true
}

func (p *page) show(w http.ResponseWriter, status int, d *formData) {
	p.Show(w, kit.View{Status: status, Page: "form.html", Data: d})
}

// who names a contact: by name, else by e-mail or phone.
func who(values map[string]string) string {
	name := strings.TrimSpace(values["firstName"] + values["first_name"] + " " + values["lastName"] + values["last_name"])
	for _, s := range []string{name, values["email"], values["phone"] + values["phone_number"]} {
		if s = strings.TrimSpace(s); s != "" {
			return s
		}
	}
	return "The contact"
}

// save writes what differs from what the form showed when it was opened. Without
// was.NAME an input is held against what the contact has now.
func (p *page) save(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	_ = r.ParseForm()
	d, one, ok := p.open(w, r, r.PostForm)
	if !ok {
		return
	}
	typed := map[string]string{}
	for i, f := range d.Fields {
		if !r.PostForm.Has(f.Name) {
			continue
		}
		v := r.PostForm.Get(f.Name)
		if r.PostForm.Has("was." + f.Name) {
			d.Was[f.Name] = r.PostForm.Get("was." + f.Name)
		}
		d.Fields[i].Value = v
		if v != d.Was[f.Name] {
			typed[f.Name] = v
		}
	}
	done := "saved"
	switch {
	case d.ID == "":
		done = "made"
		if strings.TrimSpace(strings.Join(values(typed), "")) == "" {
			d.Problem = "Nothing is filled in. Give at least a name or an e-mail address."
			p.show(w, http.StatusUnprocessableEntity, d)
			return
		}
	case len(typed) == 0:
		http.Redirect(w, r, "/"+d.At.Query("done", "same", "who", d.Who+" in "+d.Side.Name), http.StatusSeeOther)
		return
	}
	if _, err := one.Save(d.ID, typed); err != nil {
		d.Problem = d.Side.Name + " did not take it: " + explain(err)
		p.show(w, http.StatusUnprocessableEntity, d)
		return
	}
	now := map[string]string{}
	for _, f := range d.Fields {
		now[f.Name] = f.Value
	}
	http.Redirect(w, r, "/"+d.At.Query("done", done, "who", who(now)+" in "+d.Side.Name, "page", "1"), http.StatusSeeOther)
}

func values(m map[string]string) []string {
	var all []string
	for _, v := range m {
		all = append(all, v)
	}
	return all
}

// explain is a CRM's refusal in words.
func explain(err error) string {
	words := err.Error()
	var refusal interface{ Explain() string }
	if errors.As(err, &refusal) {
		words = refusal.Explain()
	}
	if !strings.HasSuffix(words, ".") {
		words += "."
	}
	return words
}

func (p *page) remove(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	d, one, ok := p.open(w, r, r.PostForm)
	if !ok {
		return
	}
	if err := one.Delete(d.Side.Object, d.ID); err != nil {
		p.Refuse(w, kit.Refused{Status: http.StatusNotFound, Title: "This contact was not deleted", Why: explain(err), Fix: "Go back to the list."})
		return
	}
	http.Redirect(w, r, "/"+d.At.Query("done", "gone", "who", d.Who+" in "+d.Side.Name), http.StatusSeeOther)
}
