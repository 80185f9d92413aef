package web

import (
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"couplet/db"
	"couplet/internal/automation"
	"couplet/internal/store"
)

// Who may come where is proved by calling every route of the list as everybody. Whoever adds a route gets its row of the
// table from the role that the list names; what a row cannot know is said here, once:
//
//   - open: routes that take no role, each with the reason;
//   - lookers: routes by which a viewer changes something, because it is only their own;
//   - samples: the address of a route with parameters, made of things of the first workspace.

// open are the routes that anybody may call.
var open = map[string]string{
	"GET /healthz": "asked by machines", "GET /readyz": "asked by machines", "GET /static/*": "the same for everybody",
	"GET /setup": "guarded by the code", "POST /setup": "guarded by the code",
	"GET /sign-in": "the way in", "POST /sign-in": "the way in", "POST /sign-out": "ends what the browser has", "GET /sign-in/link/:secret": "guarded by the secret",
	"GET /invite/:secret": "guarded by the secret", "POST /invite/:secret": "guarded by the secret",
	"POST /hooks/:system": "signed", "POST /hooks/:system/:connection/:secret/:event": "guarded by the secret",
	"POST /hooks/automations/:id/:secret": "guarded by the secret",
}

// lookers are the routes by which a viewer may change something.
var lookers = map[string]string{
	"POST /theme": "their own look", "POST /workspaces/:id/open": "their own session", "POST /flows/:id/copy": "the store asks for the role in the other workspace", "POST /settings/account": "their own name and password",
	"POST /settings/account/sessions/end": "their own sessions", "POST /settings/account/sessions/:id/end": "their own session",
	"POST /settings/tokens": "their own tokens", "POST /settings/tokens/:id/revoke": "their own tokens",
}

// deciding reports whether a route is about who may come in, about which workspaces there are and what holds in one, or about the app that accounts are
// entrusted to, which owners alone decide.
func deciding(r route) bool {
	return strings.HasPrefix(r.path, "/settings/team") && (r.method != http.MethodGet || r.path != "/settings/team") ||
		r.path == "/settings/workspace" && r.method != http.MethodGet || strings.HasPrefix(r.path, "/clients") && (r.method != http.MethodGet || r.path != "/clients") ||
		strings.HasPrefix(r.path, "/apps/") && r.method != http.MethodGet
}

// fleeting are routes of things that are found by nobody but the session that began them, whichever its workspace.
var fleeting = map[string]string{"/connect/pending/:id": "a consent under way"}

// samples are addresses of routes with parameters. What begins with /flows/:id, /connections/:id or /automations/:id needs none.
var samples = map[string]func(b *bundle, caller store.User) string{
	"/help/:guide":                       func(*bundle, store.User) string { return "/help/limits" },
	"/invite/:secret":                    func(*bundle, store.User) string { return "/invite/none" },
	"/sign-in/link/:secret":              func(*bundle, store.User) string { return "/sign-in/link/none" },
	"/workspaces/:id/open":               func(b *bundle, _ store.User) string { return "/workspaces/" + b.conns[0].Workspace + "/open" },
	"/settings/team/:id/role":            func(b *bundle, _ store.User) string { return "/settings/team/" + b.member() + "/role" },
	"/settings/team/:id/remove":          func(b *bundle, _ store.User) string { return "/settings/team/" + b.member() + "/remove" },
	"/settings/account/sessions/:id/end": func(b *bundle, u store.User) string { return "/settings/account/sessions/" + b.sessionOf(u) + "/end" },
	"/settings/team/invitations/:id/withdraw": func(b *bundle, _ store.User) string {
		return "/settings/team/invitations/" + b.invitation() + "/withdraw"
	},
	"/settings/tokens/:id/revoke":     func(b *bundle, u store.User) string { return "/settings/tokens/" + b.givenToken(u) + "/revoke" },
	"/connect/:system/start":          func(*bundle, store.User) string { return "/connect/highlevel/start?back=/connect/highlevel" },
	"/connections/:id/hook":           func(b *bundle, _ store.User) string { return "/connections/" + b.conns[1].ID + "/hook" },
	"/connections/:id/hook/events":    func(b *bundle, _ store.User) string { return "/connections/" + b.conns[1].ID + "/hook/events" },
	"/automations/:id/start":          func(b *bundle, _ store.User) string { return "/automations/" + b.someAutomation() + "/start" },
	"/automations/:id/address/events": func(b *bundle, _ store.User) string { return "/automations/" + b.someAutomation() + "/address/events" },
	"/templates/:id/file":             func(b *bundle, _ store.User) string { return "/templates/" + b.ownTemplate() + "/file" },
	"/templates/:id/delete":           func(b *bundle, _ store.User) string { return "/templates/" + b.ownTemplate() + "/delete" },
	"/automations/:id/runs/:firing": func(b *bundle, _ store.User) string {
		return "/automations/" + b.someAutomation() + "/runs/" + b.someFiring()
	},
	"/automations/:id/runs/:firing/undo": func(b *bundle, _ store.User) string {
		return "/automations/" + b.someAutomation() + "/runs/" + b.someFiring() + "/undo"
	},
	"/connect/pending/:id":                      func(*bundle, store.User) string { return "/connect/pending/none" },
	"/connect/:system/look/:field":              func(*bundle, store.User) string { return "/connect/highlevel/look/key" },
	"/runs/:id":                                 (*bundle).runPath,
	"/runs/:id/events":                          func(b *bundle, u store.User) string { return b.runPath(u) + "/events" },
	"/runs/:id/stop":                            func(b *bundle, u store.User) string { return b.runPath(u) + "/stop" },
	"/runs/:id/retry":                           func(b *bundle, u store.User) string { return b.runPath(u) + "/retry" },
	"/runs/:id/undo":                            func(b *bundle, u store.User) string { return b.runPath(u) + "/undo" },
	"/runs/:id/undo/look":                       func(b *bundle, u store.User) string { return b.runPath(u) + "/undo/look" },
	"/runs/:id/undo/events":                     func(b *bundle, u store.User) string { return b.runPath(u) + "/undo/events" },
	"/records/:link":                            (*bundle).recordPath,
	"/records/:link/check":                      func(b *bundle, u store.User) string { return b.recordPath(u) + "/check" },
	"/records/:link/put":                        func(b *bundle, u store.User) string { return b.recordPath(u) + "/put" },
	"/records/:link/back":                       func(b *bundle, u store.User) string { return b.recordPath(u) + "/back" },
	"/operations/:system/:operation":            func(*bundle, store.User) string { return "/operations/usercom/person-by-email" },
	"/operations/:system/:operation/try":        func(*bundle, store.User) string { return "/operations/usercom/person-by-email/try" },
	"/static/*":                                 func(*bundle, store.User) string { return "/static/nothing" },
	"/hooks/:system":                            func(*bundle, store.User) string { return "/hooks/highlevel" },
	"/hooks/automations/:id/:secret":            func(*bundle, store.User) string { return "/hooks/automations/none/wrong" },
	"/hooks/:system/:connection/:secret/:event": func(b *bundle, _ store.User) string { return "/hooks/usercom/" + b.conns[1].ID + "/wrong/event" },
}

// forms are what a post needs to be taken, by its route.
var forms = map[string]url.Values{
	"/theme":                   {"theme": {"dark"}},
	"/clients":                 {"name": {"Northfold"}},
	"/settings/account":        {"do": {"name"}, "name": {"Ana"}},
	"/settings/team":           {"email": {"new@couplet.test"}, "role": {"viewer"}},
	"/settings/team/:id/role":  {"role": {"editor"}},
	"/settings/tokens":         {"name": {"deploy"}, "role": {"viewer"}, "days": {"30"}},
	"/flows/:id/versions/take": {"version": {"1"}}, "/automations/:id/versions/take": {"version": {"1"}},
}

// member is a member of the first workspace, made for this.
func (b *bundle) member() string {
	b.t.Helper()
	return b.once("member", func() string {
		u, err := b.store.AddUser(b.t.Context(), b.conns[0].Workspace, "member@couplet.test", "viewer", "no password")
		must(b.t, err)
		return u.ID
	})
}

// sessionOf is another session of the caller, when the caller is of the first workspace; otherwise of its owner.
func (b *bundle) sessionOf(u store.User) string {
	b.t.Helper()
	if u.Workspace != b.conns[0].Workspace {
		u = b.first()
	}
	_, hash := newSecret()
	must(b.t, b.store.StartSession(b.t.Context(), u.Workspace, store.Session{Hash: hash, User: u.ID}))
	return hash
}

func (b *bundle) first() store.User {
	all, err := b.store.SignIn(b.t.Context(), "first@couplet.test")
	must(b.t, err)
	return all[0]
}

func (b *bundle) invitation() string {
	b.t.Helper()
	return b.once("invitation", func() string {
		i, err := b.store.Invite(b.t.Context(), b.conns[0].Workspace, store.Invitation{Hash: "none", Email: "guest@couplet.test", Role: "viewer", By: b.first().ID,
			Ends: b.now.Add(invitationLasts)})
		must(b.t, err)
		return i.ID
	})
}

// once makes something for this bundle the first time it is asked for.
func (b *bundle) once(name string, make func() string) string {
	if b.made == nil {
		b.made = map[string]string{}
	}
	if b.made[name] == "" {
		b.made[name] = make()
	}
	return b.made[name]
}

var parameter = regexp.MustCompile(`[:*]\w*`)

// sample is the address that a route is called by, "" when nobody said.
func (b *bundle) sample(r route, caller store.User) string {
	if f, ok := samples[r.path]; ok {
		return f(b, caller)
	}
	path := strings.ReplaceAll(r.path, ":system", "highlevel")
	for prefix, id := range map[string]string{"/flows/:id": b.flow.ID, "/connections/:id": b.conns[0].ID, "/automations/:id": b.someAutomation()} {
		if rest, ok := strings.CutPrefix(path, prefix); ok {
			path = strings.ReplaceAll(prefix, ":id", id) + rest
		}
	}
	if parameter.MatchString(path) {
		return ""
	}
	return path
}

// someFiring is one time that it was set off.
func (b *bundle) someFiring() string {
	b.t.Helper()
	return b.once("firing", func() string {
		fresh, err := b.store.AddFirings(b.t.Context(), b.conns[0].Workspace, []automation.Firing{{Automation: b.someAutomation(), Key: "k"}})
		must(b.t, err)
		return fresh[0].ID
	})
}

// someAutomation is an automation of the first workspace.
func (b *bundle) someAutomation() string {
	b.t.Helper()
	return b.once("automation", func() string {
		made, err := b.store.AddAutomation(b.t.Context(), b.conns[0].Workspace, "", automation.Templates()[0].Automation)
		must(b.t, err)
		_, _, err = b.store.PublishAutomation(b.t.Context(), b.conns[0].Workspace, "", made.Draft.ID, made.Revision)
		must(b.t, err)
		return made.Draft.ID
	})
}

func TestEveryRouteIsKnown(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	known := map[string]bool{}
	for _, r := range b.routes() {
		name := r.method + " " + r.path
		switch r.who {
		case anyone, system:
			if open[name] == "" {
				t.Errorf("%s takes no role: if that is meant, say why in open", name)
			}
		case viewer:
			if r.method != http.MethodGet && lookers[name] == "" {
				t.Errorf("%s changes something and a viewer may call it: if that is meant, say why in lookers", name)
			}
		case editor:
		case owner:
			if !deciding(r) {
				t.Errorf("%s takes an owner: if owners alone decide it, say so in deciding", name)
			}
		default:
			t.Errorf("%s: %q is nobody", name, r.who)
		}
		if deciding(r) && r.who != owner {
			t.Errorf("%s is for owners to decide and takes others", name)
		}
		known[name], known[r.path] = true, true
		if b.sample(r, b.first()) == "" {
			t.Errorf("%s has parameters: put its address into samples", name)
		}
	}
	for name := range open {
		if !known[name] {
			t.Errorf("open names %s, which is no route", name)
		}
	}
	for name := range lookers {
		if !known[name] {
			t.Errorf("lookers names %s, which is no route", name)
		}
	}
	for path := range samples {
		if !known[path] {
			t.Errorf("samples has %s, which is no route", path)
		}
	}
}

// TestEveryRouteTurnsAwayWhoMayNotCome calls every route as everybody who may not, in the first workspace and from
// another one, and nothing of the first workspace changes.
func TestEveryRouteTurnsAwayWhoMayNotCome(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	other, err := b.store.AddWorkspace(t.Context(), "other")
	must(t, err)
	nobody := b.nobody()
	callers := map[who]*http.Client{viewer: b.signIn("viewer"), editor: b.signIn("editor")}
	foreigner, err := b.store.AddUser(t.Context(), other.ID, "elsewhere@couplet.test", "owner", "no password")
	must(t, err)
	for _, r := range b.routes() {
		if r.who == anyone || r.who == system {
			continue
		}
		name := r.method + " " + r.path
		path := b.sample(r, foreigner)
		was := b.kept(b.conns[0].Workspace)
		res := b.request(nobody, r, path)
		if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), "/sign-in") {
			t.Errorf("%s by nobody: status %d to %q", name, res.StatusCode, res.Header.Get("Location"))
		}
		for _, role := range []who{viewer, editor} {
			if may(string(role), r.who) {
				continue
			}
			if res := b.request(callers[role], r, path); res.StatusCode != http.StatusForbidden {
				t.Errorf("%s by %s: status %d", name, role, res.StatusCode)
			}
		}
		res = b.request(b.signInAs(foreigner), r, path)
		if named := strings.Contains(strings.NewReplacer(":system", "", ":operation", "", ":field", "", ":guide", "").Replace(r.path), ":") && fleeting[r.path] == ""; named && res.StatusCode != http.StatusNotFound {
			t.Errorf("%s by an owner of another workspace: status %d", name, res.StatusCode)
		}
		if is := b.kept(b.conns[0].Workspace); is != was {
			t.Errorf("%s changed something for somebody who may not:\n%s", name, difference(was, is))
		}
	}
}

// TestEveryRouteLetsInWhoMayCome calls every route as everybody who may.
func TestEveryRouteLetsInWhoMayCome(t *testing.T) {
	t.Parallel()
	for _, role := range []who{viewer, editor, owner} {
		t.Run(string(role), func(t *testing.T) {
			t.Parallel()
			b := newBundle(t)
			var changing []route
			call := func(b *bundle, r route, refused ...int) {
				u, err := b.store.AddUser(t.Context(), b.conns[0].Workspace, fmt.Sprintf("%s@couplet.test", role), string(role), "no password")
				if err != nil {
					all, e := b.store.SignIn(t.Context(), fmt.Sprintf("%s@couplet.test", role))
					must(t, e)
					u = all[0]
				}
				res := b.request(b.signInAs(u), r, b.sample(r, u))
				if slices.Contains(refused, res.StatusCode) || res.StatusCode >= 500 || strings.HasPrefix(res.Header.Get("Location"), "/sign-in") && r.path != "/sign-out" {
					t.Errorf("%s %s by %s: status %d to %q\n%s", r.method, r.path, role, res.StatusCode, res.Header.Get("Location"), textOf(res))
				}
			}
			for _, r := range b.routes() {
				switch {
				case r.who == anyone || r.who == system || !may(string(role), r.who):
				case r.method == http.MethodGet:
					call(b, r, http.StatusForbidden, http.StatusNotFound)
				default:
					changing = append(changing, r)
				}
			}
			for _, r := range changing { // each on what no other has changed
				call(newBundle(t), r, http.StatusForbidden, http.StatusNotFound)
			}
		})
	}
}

// request calls a route as a browser would, from a page of ours. Of a stream only the head is read.
func (b *bundle) request(client *http.Client, r route, path string) *http.Response {
	b.t.Helper()
	if r.method == http.MethodPost {
		return b.post(client, path, forms[r.path])
	}
	if !strings.HasSuffix(r.path, "/events") {
		return b.as(client, r.method, path, nil, browser)
	}
	req, err := http.NewRequestWithContext(b.t.Context(), r.method, b.url+path, nil)
	must(b.t, err)
	res, err := client.Do(req)
	must(b.t, err)
	must(b.t, res.Body.Close()) // which ends a stream
	res.Body = http.NoBody
	return res
}

// kept is everything that a workspace has, and its members.
func (b *bundle) kept(workspace string) string {
	b.t.Helper()
	var text strings.Builder
	dump := func(table, where string, args ...any) {
		err := db.Walk(b.t.Context(), b.db, "select * from "+table+where, args, func(rows *sql.Rows) error {
			columns, err := rows.Columns()
			if err != nil {
				return err
			}
			values, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			err = rows.Scan(into...)
			fmt.Fprintf(&text, "%s %v\n", table, values)
			return err
		})
		must(b.t, err)
	}
	tables, err := db.All(b.t.Context(), b.db, `select m.name from sqlite_master m where m.type = 'table'
		and exists (select 1 from pragma_table_info(m.name) i where i.name = 'workspace_id') order by m.name`, nil,
		func(rows *sql.Rows) (name string, err error) { return name, rows.Scan(&name) })
	must(b.t, err)
	if len(tables) < 20 {
		b.t.Fatalf("only %d tables", len(tables))
	}
	for _, table := range tables {
		dump(table, " where workspace_id = $1", workspace)
	}
	dump("app_user", " where id in (select user_id from member where workspace_id = $1)", workspace)
	return text.String()
}

func difference(was, is string) string {
	var out strings.Builder
	for line := range strings.Lines(is) {
		if !strings.Contains(was, line) {
			out.WriteString("+ " + line)
		}
	}
	for line := range strings.Lines(was) {
		if !strings.Contains(is, line) {
			out.WriteString("- " + line)
		}
	}
	return out.String()
}
