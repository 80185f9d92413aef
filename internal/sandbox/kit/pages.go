package kit

import (
	"bytes"
	"embed"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
)

//go:embed assets
var assets embed.FS

// Site is what all pages of one pretend CRM have in common.
type Site struct {
	Name, Note string // who pretends to be whom
	Look       string // class of the body: look-a, look-b
	Wide       bool
	Nav        []Link
}

// Link is an entry of a Site's navigation.
type Link struct{ Text, To string }

// Pages renders whole pages on the server: forms and links alone, no script, one
// stylesheet, and a content security policy that allows no more.
type Pages struct {
	Mux   *http.ServeMux
	site  Site
	pages map[string]*template.Template
}

// View is one page to be shown: the name of a template file, which defines "title"
// and "body", and what it is filled with.
type View struct {
	Status  int // 200 when zero
	Page    string
	Data    any
	FormTo  string // another address that a form's answer may lead the browser to
	Refresh string // "5; url=/" loads an address after five seconds; "" for never
}

// Refused is the page that says what is wrong, why, and what to do.
type Refused struct {
	Status          int
	Title, Why, Fix string
}

// NewPages parses the templates of a folder. A template that cannot be parsed is a
// mistake of the program.
func NewPages(site Site, files fs.FS, folder string) *Pages {
	p := &Pages{Mux: http.NewServeMux(), site: site, pages: map[string]*template.Template{}}
	layout := template.Must(template.New("").ParseFS(assets, "assets/layout.html"))
	add := func(from fs.FS, file string) {
		p.pages[path.Base(file)] = template.Must(template.Must(layout.Clone()).ParseFS(from, file))
	}
	add(assets, "assets/refused.html")
	found, err := fs.Glob(files, folder+"/*.html")
	if err != nil {
		panic(err)
	}
	for _, file := range found {
		add(files, file)
	}
	return p
}

// Show answers with a page.
func (p *Pages) Show(w http.ResponseWriter, v View) {
	var buf bytes.Buffer
	err := p.pages[v.Page].ExecuteTemplate(&buf, "layout", map[string]any{"Site": p.site, "Data": v.Data, "Refresh": v.Refresh})
	if err != nil {
		http.Error(w, "the page could not be made: "+err.Error(), http.StatusInternalServerError)
		return
	}
	harden(w.Header(), v.FormTo)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(buf.Len()))
	w.WriteHeader(max(v.Status, http.StatusOK))
	_, _ = w.Write(buf.Bytes())
}

// Refuse answers with the page that says what is wrong.
func (p *Pages) Refuse(w http.ResponseWriter, r Refused) {
	p.Show(w, View{Status: r.Status, Page: "refused.html", Data: r})
}

// harden sets the headers of a page. Browsers hold the redirect that follows a form
// against form-action too, so the one place it may lead to is named there.
func harden(h http.Header, formTo string) {
	forms := "'self'"
	if u, err := url.Parse(formTo); err == nil && u.Host != "" {
		forms += " " + origin(u)
	}
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action "+forms+
		"; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
}

// origin as a source of the policy, whose grammar has no place for an IPv6 address.
func origin(u *url.URL) string {
	if strings.Contains(u.Hostname(), ":") {
		return u.Scheme + ":"
	}
	return u.Scheme + "://" + u.Host
}

// Path is that of the page that a request is for, as it stands in Mux; "" when it is none.
func (p *Pages) Path(r *http.Request) string {
	_, pattern := p.Mux.Handler(r)
	_, path, _ := strings.Cut(pattern, " ")
	return path
}

// Guarded serves what is in Mux, and the stylesheet; posts only from the same origin.
func (p *Pages) Guarded() http.Handler {
	p.Mux.HandleFunc("GET /assets/{file}", func(w http.ResponseWriter, r *http.Request) {
		file := r.PathValue("file")
		if !slices.Contains([]string{"sandbox.css", "icon.svg"}, file) {
			http.NotFound(w, r)
			return
		}
		harden(w.Header(), "")
		w.Header().Set("Cache-Control", "no-cache")
		http.ServeFileFS(w, r, assets, "assets/"+file)
	})
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		p.Refuse(w, Refused{http.StatusForbidden, "This form came from another site",
			"The sandbox takes forms only from its own pages.", "Open the page here and send the form again."})
	}))
	return protection.Handler(p.Mux)
}
