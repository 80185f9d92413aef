package sandbox

import (
	"crypto/sha256"
	"crypto/subtle"
	"embed"
	"encoding/hex"
	"net/http"
	"strings"

	"couplet/internal/sandbox/kit"
)

// The page with both CRMs side by side, on the control listener, where a person
// edits contacts by hand and sees a change travel. What tests may rely on:
//
//	GET  /?key=KEY                 lets the browser in and leads to /
//	GET  /?q=&location=&page=&auto=  the list: search, another location of HighLevel, page, reload every n seconds
//	GET  /{system}/new, /{system}/{id}    the form; system is highlevel or usercom; ?location= as above
//	POST the same                  saves it; POST /{system}/{id}/delete deletes
//	POST /usercom/search-lag     how many seconds its lists are behind
//	GET  /consented                where the two links that try the consent pages end
//
// In the list: line (one for each person), side-highlevel and side-usercom in it,
// edit-SYSTEM-ID (the link to the form), updated-SYSTEM-ID (when it was changed
// last), differs (what is not the same), add-SYSTEM, search (the button), q (the
// input's name), notice (what was done), consent-SYSTEM, keys-SYSTEM, apps-highlevel,
// automations-usercom, lag (the button; the input is named seconds).
// In the form: inputs are named as the API's fields (firstName, email, companyName,
// tags, customFields.ID; first_name, phone_number, company_name, and other
// attributes by their own name; company where there is no company_name), buttons
// save, delete (opens) and delete-confirm. All but names of inputs are data-testid.
// Tasks and notes: page_item.go; companies: page_company.go. An input whose was.NAME shows that it was not changed is not written, so that a
// form that stood open for long overwrites nothing else.

//go:embed pages
var pageFiles embed.FS

// doorCookie says that the browser was let in. It holds a digest of the key, as
// cookies of one machine go to all its ports.
const doorCookie = "sandbox_control"

// desk is what the page can do with either side.
type desk interface {
	Cards() []kit.Card
	Form(id string) (fields []kit.Field, ok bool)
	Save(id string, typed map[string]string) (string, error)
	Delete(object, id string) error
}

// side is one of the two columns.
type side struct {
	ID, Name, Look, Object string
}

var sides = []side{
	{"highlevel", "HighLevel", "look-a", "contacts"},
	{"usercom", "User.com", "look-b", "users"},
}

type page struct {
	*kit.Pages
	s *Sandbox
}

// pages serves everything on the control listener that is not under /_sandbox/.
func (s *Sandbox) pages() (h http.Handler, path func(*http.Request) string) {
	p := &page{s: s, Pages: kit.NewPages(kit.Site{
		Name: "Both CRMs, side by side", Note: "the sandbox: two pretend CRMs with invented people", Wide: true,
	}, pageFiles, "pages")}
	p.Mux.HandleFunc("GET /{$}", p.list)
	p.Mux.HandleFunc("POST /enter", p.enter)
	p.Mux.HandleFunc("POST /usercom/search-lag", p.setLag)
	p.Mux.HandleFunc("GET /consented", p.consented)
	for _, one := range sides {
		p.Mux.HandleFunc("GET /"+one.ID+"/new", p.form)
		p.Mux.HandleFunc("POST /"+one.ID+"/new", p.save)
		p.Mux.HandleFunc("GET /"+one.ID+"/{id}", p.form)
		p.Mux.HandleFunc("POST /"+one.ID+"/{id}", p.save)
		p.Mux.HandleFunc("POST /"+one.ID+"/{id}/delete", p.remove)
		p.items(one.ID)
	}
	p.companies()
	p.Mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		p.Refuse(w, kit.Refused{Status: http.StatusNotFound, Title: "There is no such page",
			Why: "The address is wrong, or what it showed was deleted.", Fix: "Go back to the list."})
	})
	return p.door(p.Guarded()), p.Path
}

// door lets in who shows the key or was let in before.
func (p *page) door(inner http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		open := strings.HasPrefix(r.URL.Path, "/assets/") || r.Method == http.MethodPost && r.URL.Path == "/enter"
		cookie, err := r.Cookie(doorCookie)
		switch key := r.URL.Query().Get("key"); {
		case r.URL.Path == "/" && key != "":
			p.letIn(w, r, key)
		case open || err == nil && same(cookie.Value, p.digest()):
			inner.ServeHTTP(w, r)
		default:
			p.Show(w, kit.View{Status: http.StatusUnauthorized, Page: "door.html", Data: ""})
		}
	})
}

func (p *page) enter(w http.ResponseWriter, r *http.Request) {
	p.letIn(w, r, strings.TrimSpace(r.PostFormValue("key")))
}

func (p *page) letIn(w http.ResponseWriter, r *http.Request, key string) {
	if !same(key, p.s.info.Control.Key) {
		p.Show(w, kit.View{Status: http.StatusUnauthorized, Page: "door.html", Data: "This is not the key of this sandbox. A sandbox that is started anew has another one, unless it keeps a state file."})
		return
	}
	http.SetCookie(w, &http.Cookie{Name: doorCookie, Value: p.digest(), Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (p *page) digest() string {
	sum := sha256.Sum256([]byte("page " + p.s.info.Control.Key))
	return hex.EncodeToString(sum[:])
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// desk is the account behind a column; location may name another one of HighLevel.
func (p *page) desk(system, location string) (desk, side, bool) {
	switch system {
	case "highlevel":
		if location == "" {
			return p.s.HighLevel, sides[0], true
		}
		if at := p.s.HighLevel.At(location); at != nil {
			return at, sides[0], true
		}
	case "usercom":
		return p.s.UserCom, sides[1], true
	}
	return nil, side{}, false
}
