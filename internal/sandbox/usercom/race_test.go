package usercom

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
)

func TestManyCallersAtOnceLoseNothing(t *testing.T) {
	t.Parallel()
	w := open(t, Options{})
	seed(w.CRM, 200)
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for i := range 25 {
				id := 1001 + worker*25 + i
				w.raw("PUT", fmt.Sprintf("/users/%d/", id), fields{"score": i + 1, "tags": []string{fmt.Sprint("t", i)}}, nil)
				w.raw("POST", "/users/", fields{"custom_id": fmt.Sprint(i)}, nil) // one of the four wins
				w.raw("GET", "/users/?search=updated_at&min=0", nil, nil)
				w.raw("GET", "/users/search/?email__icontains=P1", nil, nil)
			}
			if _, err := json.Marshal(w.State()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := w.do("GET", "/users/", nil, 200)["count"]; n != 225.0 {
		t.Errorf("%v contacts, want 225", n)
	}
	if n := w.do("GET", "/tags/", nil, 200)["count"]; n != 26.0 {
		t.Errorf("%v tags, want 26", n)
	}
	if n := w.do("GET", "/users/search/?score__gte=1", nil, 200)["count"]; n != 100.0 {
		t.Errorf("%v contacts were changed, want 100", n)
	}
}
