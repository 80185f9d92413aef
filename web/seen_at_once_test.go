package web

import (
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"testing"

	"couplet/internal/sandbox"
)

// Of several who looked at the same form and save it in the same moment, one does, and each other is shown what it says now.
func TestOfSeveralWhoSaveAtOnceOneIsNotOverwritten(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 4})
	account := "/connections/" + s.conns[1].ID
	for _, x := range []struct{ page, button, field string }{
		{"/settings/workspace", "form:has([name=do][value=name]) button", "name"},
		{"/settings/workspace", "[data-testid=keeps] button", "losses"},
		{account, "form[action$=rename] button", "name"},
		{account, "form[action$=settings] button[type=submit]", "task_type"},
	} {
		var people [4]*walker
		for i := range people {
			people[i] = s.walk("owner").open(x.page)
		}
		var all sync.WaitGroup
		for i, w := range people {
			all.Go(func() { w.send(x.button, url.Values{x.field: {strconv.Itoa(31 + i)}}) })
		}
		all.Wait()
		saved := map[int]int{}
		for _, w := range people {
			saved[w.status]++
			if w.status == http.StatusConflict {
				w.says("clash", "It says now: ")
			}
		}
		if saved[http.StatusOK] != 1 || saved[http.StatusConflict] != len(people)-1 {
			t.Errorf("%s on %s: %v", x.field, x.page, saved)
		}
	}
}
