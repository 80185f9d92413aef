package sandbox

import (
	"maps"
	"slices"
	"testing"

	"couplet/internal/sandbox/kit"
)

func TestChildrenHangOnPeopleWhoAreThere(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 3, 50, 250, 2000} {
		p := Seed(n, 7)
		on := [2]map[int]int{{}, {}}
		for side, list := range [][]kit.Person{p.HighLevel, p.UserCom} {
			for _, one := range list {
				on[side][one.N]++
			}
		}
		for _, c := range p.Children {
			for side := range c.On {
				if c.On[side] && on[side][c.Person] != 1 {
					t.Fatalf("%d people: %+v hangs on %d people of side %d", n, c, on[side][c.Person], side)
				}
			}
			if c.On[0] && c.Kind == TaskKind && c.Due.IsZero() {
				t.Errorf("%d people: HighLevel cannot hold %+v", n, c)
			}
			for _, who := range Staff {
				if who.Email == c.Owner && (c.On[0] && !who.On[0] || c.On[1] && !who.On[1]) {
					t.Errorf("%d people: %+v belongs to somebody who does not work there", n, c)
				}
			}
		}
		if n >= 250 && len(p.Children) < n/8 {
			t.Errorf("%d people have %d tasks and notes", n, len(p.Children))
		}
	}
}

func TestEveryChildTrapIsSet(t *testing.T) {
	t.Parallel()
	all := Seed(250, 1).Children
	for _, trap := range childTraps {
		for _, want := range trap.of(Child{}) {
			if !slices.ContainsFunc(all, func(c Child) bool {
				return c.Kind == want.Kind && c.Title == want.Title && c.Body == want.Body && c.Due.Equal(want.Due) && c.On == want.On && c.Done == want.Done
			}) {
				t.Errorf("%s: %+v is not there", trap.name, want)
			}
		}
	}
}

func TestHighLevelHoldsItsChildren(t *testing.T) {
	t.Parallel()
	s, err := Start(t.Context(), Options{Contacts: 250, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	tasks, notes := 0, 0
	for _, c := range Seed(250, 1).Children {
		if c.On[0] && c.Kind == TaskKind {
			tasks++
		} else if c.On[0] {
			notes++
		}
	}
	if tasks == 0 || notes == 0 || s.HighLevel.Count("tasks") != tasks || s.HighLevel.Count("notes") != notes {
		t.Errorf("%d tasks and %d notes, want %d and %d", s.HighLevel.Count("tasks"), s.HighLevel.Count("notes"), tasks, notes)
	}
}

func TestUserComHoldsItsChildren(t *testing.T) {
	t.Parallel()
	s, err := Start(t.Context(), Options{Contacts: 250, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	kinds, dateless := map[string]int{}, 0
	for _, card := range s.UserCom.Cards() {
		for _, item := range s.UserCom.Items(card.ID) {
			kinds[item.Kind]++
			if item.Kind == TaskKind && item.Due.IsZero() {
				dateless++
			}
		}
	}
	want, none := map[string]int{}, 0
	for _, c := range Seed(250, 1).Children {
		if c.On[1] {
			want[c.Kind]++
			if c.Kind == TaskKind && c.Due.IsZero() {
				none++
			}
		}
	}
	if !maps.Equal(kinds, want) || want[TaskKind] == 0 || want[NoteKind] == 0 || dateless != none || none == 0 {
		t.Errorf("%v and %d without a date, want %v and %d", kinds, dateless, want, none)
	}
	set := s.UserComSettings()
	if set["agents"] != "926 olivia.owner@example.com; 927 sam.seller@example.com; 928 ursula.usher@example.com" || set["task_type"] != "3" {
		t.Error(set)
	}
}
