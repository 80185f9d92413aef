package store_test

import (
	"fmt"
	"slices"
	"testing"

	"couplet/internal/engine"
)

// spoken is a record with words.
func spoken(id, words string) engine.Mirror {
	m := mirror(id)
	m.Words = words
	return m
}

func TestARecordIsFoundByTheBeginningsOfItsWords(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		finds := func(want string, words ...string) {
			t.Helper()
			found, _, err := w.Find(w.ctx, w.ws, words, 9)
			must(t, err)
			var ids []string
			for _, f := range found {
				if f.Conn != w.conns[0] || f.Object != "contact" {
					t.Errorf("%+v", f)
				}
				ids = append(ids, f.ID)
			}
			slices.Sort(ids)
			if got := fmt.Sprint(ids); got != want {
				t.Errorf("%q finds %s, want %s", words, got, want)
			}
		}
		ada := spoken("ada", "ada lovelace ada@x.test +12025550177")
		w.page(t, engine.A, 0, ada, spoken("adam", "adam smith"), spoken("sam", "sam adams ärger"), spoken("none", ""))
		finds("[ada adam sam]", "ada")
		finds("[ada]", "lov", "a")
		finds("[ada]", "ada@x")
		finds("[ada]", "+12025550177")
		finds("[sam]", "adams")
		finds("[sam]", "ä")
		finds("[]", "ovelace")
		finds("[]", "ada", "smi", "lov")
		finds("[]")
		ada.Words = "ada king"
		w.page(t, engine.A, 0, ada)
		finds("[]", "lov")
		finds("[ada]", "king")
		ada.Gone = start
		w.page(t, engine.A, 0, ada)
		finds("[]", "king")
	})
}

func TestASearchHasAnEnd(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		var many []engine.Mirror
		for i := range 30 {
			many = append(many, spoken(fmt.Sprint(i), "ann same"))
		}
		w.page(t, engine.A, 0, many...)
		found, more, err := w.Find(w.ctx, w.ws, []string{"ann"}, 10)
		must(t, err)
		if len(found) != 10 || !more {
			t.Errorf("%d found, more %v", len(found), more)
		}
		if found, more, err = w.Find(w.ctx, w.ws, []string{"ann", "sa"}, 30); err != nil || len(found) != 30 || more {
			t.Errorf("%d found, more %v, %v", len(found), more, err)
		}
	})
}
