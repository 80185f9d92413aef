package sandbox

import (
	"net/http"
	"net/url"
	"strings"

	"couplet/internal/sandbox/kit"
)

// shelf is a CRM whose pages have the tasks and notes of a contact, and more: in HighLevel appointments, opportunities and
// messages, which the contact wrote when a person adds one, in User.com events. What tests may rely on:
//
//	GET  /{system}/{contact}/{kind}/new, /{system}/{contact}/{kind}/{id}    the form; kind is one of ItemKinds
//	POST the same                                    saves it; POST …/{id}/delete deletes
//	POST …/{id}/state with state=done or state=open  completes a task, or opens it again
//
// On the page of the contact: item-ID (one of the list), item-edit-ID, item-state-ID (the button), item-delete-ID,
// add-KIND. Inputs are named as the API's fields; the button is save.
type shelf interface {
	ItemKinds() []string
	Items(contact string) []kit.Item
	ItemForm(contact, kind, id string) (fields []kit.Field, ok bool)
	SaveItem(contact, kind, id string, typed map[string]string) error
	DropItem(kind, id string) error
	TurnTask(id string, done bool) error // completes a task, or opens it again
}

// itemData is the form of one of them.
type itemData struct {
	Side    side
	Contact string
	Who     string
	Kind    string
	ID      string // "" for a new one
	Fields  []kit.Field
	At      place
	Problem string
}

// Heading is the kind with its article, as a title begins with it.
func (d *itemData) Heading() string {
	if strings.ContainsAny(d.Kind[:1], "aeiou") {
		return "An " + d.Kind
	}
	return "A " + d.Kind
}

func (p *page) items(system string) {
	base := "/" + system + "/{id}/{kind}"
	p.Mux.HandleFunc("GET "+base+"/new", p.item)
	p.Mux.HandleFunc("POST "+base+"/new", p.saveItem)
	p.Mux.HandleFunc("GET "+base+"/{item}", p.item)
	p.Mux.HandleFunc("POST "+base+"/{item}", p.saveItem)
	p.Mux.HandleFunc("POST "+base+"/{item}/delete", p.dropItem)
	p.Mux.HandleFunc("POST "+base+"/{item}/state", p.turnItem)
}

// openItem finds the record of a path; its answer is a page when there is none.
func (p *page) openItem(w http.ResponseWriter, r *http.Request, v url.Values) (*itemData, shelf, bool) {
	d := &itemData{Contact: r.PathValue("id"), Kind: r.PathValue("kind"), ID: r.PathValue("item"), At: placeOf(v)}
	system, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	one, column, ok := p.desk(system, d.At.Location)
	var s shelf
	if ok {
		d.Side = column
		if s, ok = one.(shelf); ok {
			d.Fields, ok = s.ItemForm(d.Contact, d.Kind, d.ID)
		}
	}
	if !ok {
		p.Refuse(w, kit.Refused{Status: http.StatusNotFound, Title: "This is not there",
			Why: "It or its contact may have been deleted or moved meanwhile, by a person or by an app.", Fix: "Go back to the list and search for the contact."})
		return nil, nil, false
	}
	fields, _ := one.Form(d.Contact)
	was := map[string]string{}
	for _, f := range fields {
		was[f.Name] = f.Value
	}
	d.Who = who(was)
	return d, s, true
}

func (p *page) item(w http.ResponseWriter, r *http.Request) {
	if d, _, ok := p.openItem(w, r, r.URL.Query()); ok {
		p.Show(w, kit.View{Page: "item.html", Data: d})
	}
}

// back leads to the page of the contact.
func (d *itemData) back(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "/"+d.Side.ID+"/"+url.PathEscape(d.Contact)+d.At.Query()+"#items", http.StatusSeeOther)
}

func (p *page) saveItem(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	_ = r.ParseForm()
	d, s, ok := p.openItem(w, r, r.PostForm)
	if !ok {
		return
	}
	typed := changedInputs(r.PostForm, d.Fields, d.ID == "")
	if len(typed) > 0 {
		if err := s.SaveItem(d.Contact, d.Kind, d.ID, typed); err != nil {
			d.Problem = d.Side.Name + " did not take it: " + explain(err)
			p.Show(w, kit.View{Status: http.StatusUnprocessableEntity, Page: "item.html", Data: d})
			return
		}
	}
	d.back(w, r)
}

func (p *page) dropItem(w http.ResponseWriter, r *http.Request) {
	p.change(w, r, func(d *itemData, s shelf) error { return s.DropItem(d.Kind, d.ID) })
}

func (p *page) turnItem(w http.ResponseWriter, r *http.Request) {
	p.change(w, r, func(d *itemData, s shelf) error { return s.TurnTask(d.ID, r.PostForm.Get("state") == "done") })
}

// change does one thing to one of them and leads back to its contact.
func (p *page) change(w http.ResponseWriter, r *http.Request, do func(*itemData, shelf) error) {
	_ = r.ParseForm()
	d, s, ok := p.openItem(w, r, r.PostForm)
	if !ok {
		return
	}
	if err := do(d, s); err != nil {
		p.Refuse(w, kit.Refused{Status: http.StatusUnprocessableEntity, Title: "This was not changed", Why: explain(err), Fix: "Go back to the contact."})
		return
	}
	d.back(w, r)
}
