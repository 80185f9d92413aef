package sandbox

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"couplet/internal/sandbox/kit"
)

// perPage is how many lines the list shows at once.
const perPage = 40

// cell is one record in the list.
type cell struct {
	kit.Card
	System string
	New    bool // changed within the last minute
	Ago    string
}

// line is one person: the records of both sides with the same e-mail.
type line struct {
	Cells   [2][]cell
	Updated time.Time
	Mail    string // in lower case; "" joins with nobody
	Differs []string
}

// Both says whether the person is on both sides.
func (l line) Both() bool { return len(l.Cells[0]) > 0 && len(l.Cells[1]) > 0 }

// lines pairs the cards of both sides by e-mail, keeps those in which a word of the
// search is found, and puts what changed last first.
func lines(cards [2][]kit.Card, search string) []line {
	byMail := map[string]int{}
	var all []line
	for i, list := range cards {
		for _, card := range list {
			mail := strings.ToLower(strings.TrimSpace(card.Email))
			at, known := byMail[mail]
			if mail == "" || !known {
				at = len(all)
				all = append(all, line{Mail: mail})
				if mail != "" {
					byMail[mail] = at
				}
			}
			all[at].Cells[i] = append(all[at].Cells[i], cell{Card: card, System: sides[i].ID})
			if card.Updated.After(all[at].Updated) {
				all[at].Updated = card.Updated
			}
		}
	}
	search = strings.ToLower(strings.TrimSpace(search))
	all = slices.DeleteFunc(all, func(l line) bool { return !l.has(search) })
	slices.SortFunc(all, func(a, b line) int {
		return cmp.Or(b.Updated.Compare(a.Updated), cmp.Compare(a.first().ID, b.first().ID))
	})
	return all
}

func (l line) has(search string) bool {
	for _, list := range l.Cells {
		for _, c := range list {
			if strings.Contains(strings.ToLower(c.Name()+"\n"+c.Email+"\n"+c.Phone), search) {
				return true
			}
		}
	}
	return false
}

func (l line) first() cell {
	if len(l.Cells[0]) > 0 {
		return l.Cells[0][0]
	}
	return l.Cells[1][0]
}

// finish words when the records of a line were changed, and what is not the same.
func (l *line) finish(now time.Time) {
	for i := range l.Cells {
		for j := range l.Cells[i] {
			c := &l.Cells[i][j]
			c.Ago, c.New = ago(now.Sub(c.Updated)), now.Sub(c.Updated) < time.Minute
		}
	}
	if !l.Both() {
		return
	}
	a, b := l.Cells[0][0].Card, l.Cells[1][0].Card
	for what, differ := range map[string]bool{
		"name":    a.Name() != b.Name(),
		"phone":   e164(a.Phone) != e164(b.Phone),
		"company": a.Company != b.Company,
		"tags":    !slices.Equal(tagSet(a.Tags), tagSet(b.Tags)),
	} {
		if differ {
			l.Differs = append(l.Differs, what)
		}
	}
	slices.Sort(l.Differs)
}

func tagSet(tags []string) []string {
	set := make([]string, len(tags))
	for i, tag := range tags {
		set[i] = strings.ToLower(strings.TrimSpace(tag))
	}
	slices.Sort(set)
	return slices.Compact(set)
}

// ago words a span of time.
func ago(d time.Duration) string {
	count := func(n int, unit string) string {
		if n == 1 {
			return "1 " + unit + " ago"
		}
		return fmt.Sprintf("%d %ss ago", n, unit)
	}
	switch {
	case d < 5*time.Second:
		return "just now"
	case d < time.Minute:
		return count(int(d.Seconds()), "second")
	case d < time.Hour:
		return count(int(d.Minutes()), "minute")
	case d < 48*time.Hour:
		return count(int(d.Hours()), "hour")
	}
	return count(int(d.Hours()/24), "day")
}

// place is where in the list a person is; every link and form carries it along.
type place struct {
	Search, Location string
	Page             int
	Auto             int // seconds between reloads, 0 for none
}

func placeOf(v url.Values) place {
	n, _ := strconv.Atoi(v.Get("page"))
	auto, _ := strconv.Atoi(v.Get("auto"))
	return place{v.Get("q"), v.Get("location"), max(n, 1), min(max(auto, 0), 60)}
}

// Query is the place as a query, with some parts changed: name and value in turn.
func (p place) Query(pairs ...string) string {
	v := url.Values{"q": {p.Search}, "location": {p.Location}, "auto": {strconv.Itoa(p.Auto)}, "page": {strconv.Itoa(p.Page)}}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	for name, empty := range map[string]string{"q": "", "location": "", "auto": "0", "page": "1", "done": "", "who": ""} {
		if v.Get(name) == empty {
			v.Del(name)
		}
	}
	if len(v) == 0 {
		return ""
	}
	return "?" + v.Encode()
}

// Next and Before are the pages around this one.
func (p place) Next() string   { return p.Query("page", strconv.Itoa(p.Page+1)) }
func (p place) Before() string { return p.Query("page", strconv.Itoa(p.Page-1)) }

// notices are what the list says after something was done.
var notices = map[string]string{
	"saved": "was saved", "same": "was not changed", "made": "was created", "gone": "was deleted",
}

func (p *page) list(w http.ResponseWriter, r *http.Request) {
	at := placeOf(r.URL.Query())
	left, _, ok := p.desk("highlevel", at.Location)
	if !ok {
		http.Redirect(w, r, "/"+at.Query("location", ""), http.StatusSeeOther)
		return
	}
	now := p.s.Clock.Now()
	cards := [2][]kit.Card{left.Cards(), p.s.UserCom.Cards()}
	all := lines(cards, at.Search)
	pages := max(1, (len(all)+perPage-1)/perPage)
	at.Page = min(at.Page, pages)
	shown := all[(at.Page-1)*perPage : min(at.Page*perPage, len(all))]
	for i := range shown {
		shown[i].finish(now)
	}
	notice := ""
	if done := notices[r.URL.Query().Get("done")]; done != "" {
		notice = r.URL.Query().Get("who") + " " + done + "."
	}
	info, refresh := p.s.Info(), ""
	if at.Auto > 0 { // without the notice, which is said once
		refresh = strconv.Itoa(at.Auto) + "; url=/" + at.Query()
	}
	p.Show(w, kit.View{Page: "list.html", Refresh: refresh, Data: map[string]any{
		"At": at, "Sides": sides, "Lines": shown, "Count": len(all), "Pages": pages, "Notice": notice,
		"Totals": [2]int{len(cards[0]), len(cards[1])}, "Locations": p.s.HighLevel.Locations(), "Now": now.Format(time.TimeOnly),
		"HighLevel": strings.TrimSuffix(info.HighLevel.OAuthURL, "/oauth/"), "UserCom": strings.TrimSuffix(info.UserCom.OAuthURL, "/oauth/"),
		"Try": p.tries(info), "Lag": int(p.s.UserCom.SearchLag().Seconds()),
	}})
}

// setLag says how many seconds the lists of User.com are behind.
func (p *page) setLag(w http.ResponseWriter, r *http.Request) {
	seconds, err := strconv.Atoi(strings.TrimSpace(r.PostFormValue("seconds")))
	if err != nil || seconds < 0 || seconds > 86400 {
		p.Refuse(w, kit.Refused{Status: http.StatusBadRequest, Title: "The lists are as far behind as before",
			Why: "The seconds are not a whole number from 0 to 86400.", Fix: "Go back and type one."})
		return
	}
	p.s.UserCom.SetSearchLag(time.Duration(seconds) * time.Second)
	http.Redirect(w, r, "/"+placeOf(r.PostForm).Query(), http.StatusSeeOther)
}

// tries are the addresses with which a person can see both consent pages without an
// app: they end at /consented.
func (p *page) tries(info Info) map[string]string {
	back := info.Control.URL + "/consented"
	return map[string]string{
		"highlevel": kit.WithQuery(info.HighLevel.OAuthURL+"chooselocation", "response_type", "code", "client_id", info.HighLevel.ClientID,
			"redirect_uri", back, "state", "highlevel", "scope", "contacts.readonly contacts.write locations.readonly"),
		// The challenge is that of the verifier in RFC 7636, appendix B: nobody will redeem the code.
		"usercom": kit.WithQuery(info.UserCom.OAuthURL+"authorize", "response_type", "code", "client_id", info.UserCom.ClientID,
			"redirect_uri", back, "state", "usercom", "scope", "read write",
			"code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method", "S256"),
	}
}

// consented shows what an app would have been sent.
func (p *page) consented(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	p.Show(w, kit.View{Page: "consented.html", Data: map[string]string{"Code": q.Get("code"), "Error": q.Get("error"), "State": q.Get("state")}})
}
