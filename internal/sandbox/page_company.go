package sandbox

import (
	"net/http"
	"net/url"
	"strings"

	"couplet/internal/sandbox/kit"
)

// office is a CRM whose pages have companies. What tests may rely on:
//
//	GET  /companies                                          the companies of both sides; ?location= as in the list of people
//	GET  /companies/{system}/new, /companies/{system}/{id}   the form; POST the same saves it, POST …/{id}/delete deletes
//
// In the list: company-SYSTEM-ID (the link to the form), company-add-SYSTEM. Inputs are named as the API's fields, buttons
// are save and delete-confirm.
type office interface {
	Companies() []kit.Company
	CompanyForm(id string) (fields []kit.Field, ok bool)
	SaveCompany(id string, typed map[string]string) error
	DropCompany(id string) error
}

// companyData is the form of one company.
type companyData struct {
	Side    side
	ID      string // "" for a new one
	Name    string
	Fields  []kit.Field
	At      place
	Problem string
}

func (p *page) companies() {
	p.Mux.HandleFunc("GET /companies", p.companyList)
	for _, one := range sides {
		base := "/companies/" + one.ID
		p.Mux.HandleFunc("GET "+base+"/new", p.company)
		p.Mux.HandleFunc("POST "+base+"/new", p.saveCompany)
		p.Mux.HandleFunc("GET "+base+"/{id}", p.company)
		p.Mux.HandleFunc("POST "+base+"/{id}", p.saveCompany)
		p.Mux.HandleFunc("POST "+base+"/{id}/delete", p.dropCompany)
	}
}

func (p *page) companyList(w http.ResponseWriter, r *http.Request) {
	at := placeOf(r.URL.Query())
	var lists [2][]kit.Company
	for i, one := range sides {
		if d, _, ok := p.desk(one.ID, at.Location); ok {
			if o, ok := d.(office); ok {
				lists[i] = o.Companies()
			}
		}
	}
	p.Show(w, kit.View{Page: "companies.html", Data: map[string]any{"At": at, "Sides": sides, "Lists": lists}})
}

// openCompany finds the company of a path; its answer is a page when there is none.
func (p *page) openCompany(w http.ResponseWriter, r *http.Request, v url.Values) (*companyData, office, bool) {
	d := &companyData{ID: r.PathValue("id"), At: placeOf(v)}
	system, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/companies/"), "/")
	one, column, ok := p.desk(system, d.At.Location)
	var o office
	if ok {
		d.Side = column
		if o, ok = one.(office); ok {
			d.Fields, ok = o.CompanyForm(d.ID)
		}
	}
	if !ok {
		p.Refuse(w, kit.Refused{Status: http.StatusNotFound, Title: "This company is not there",
			Why: "It may have been deleted meanwhile, by a person or by an app.", Fix: "Go back to the list of companies."})
		return nil, nil, false
	}
	d.Name = d.Fields[0].Value
	return d, o, true
}

func (p *page) company(w http.ResponseWriter, r *http.Request) {
	if d, _, ok := p.openCompany(w, r, r.URL.Query()); ok {
		p.Show(w, kit.View{Page: "company.html", Data: d})
	}
}

func (p *page) saveCompany(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	_ = r.ParseForm()
	d, o, ok := p.openCompany(w, r, r.PostForm)
	if !ok {
		return
	}
	typed := changedInputs(r.PostForm, d.Fields, d.ID == "")
	if err := o.SaveCompany(d.ID, typed); err != nil {
		d.Problem = d.Side.Name + " did not take it: " + explain(err)
		p.Show(w, kit.View{Status: http.StatusUnprocessableEntity, Page: "company.html", Data: d})
		return
	}
	http.Redirect(w, r, "/companies"+d.At.Query(), http.StatusSeeOther)
}

func (p *page) dropCompany(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	d, o, ok := p.openCompany(w, r, r.PostForm)
	if !ok {
		return
	}
	if err := o.DropCompany(d.ID); err != nil {
		p.Refuse(w, kit.Refused{Status: http.StatusNotFound, Title: "This company was not deleted", Why: explain(err), Fix: "Go back to the list."})
		return
	}
	http.Redirect(w, r, "/companies"+d.At.Query(), http.StatusSeeOther)
}

// changedInputs are the values of a form that differ from what it showed when it was opened, which was.NAME holds, and for a
// new record all of them. The fields get them, for a form that has to be shown again.
func changedInputs(form url.Values, fields []kit.Field, fresh bool) map[string]string {
	typed := map[string]string{}
	for i, f := range fields {
		was := f.Value
		if form.Has("was." + f.Name) {
			was = form.Get("was." + f.Name)
		}
		// A browser sends line ends its own way.
		v := strings.ReplaceAll(form.Get(f.Name), "\r\n", "\n")
		if form.Has(f.Name) && (fresh || v != strings.ReplaceAll(was, "\r\n", "\n")) {
			typed[f.Name] = v
			fields[i].Value = v
		}
	}
	return typed
}
