package sandbox

import (
	"reflect"
	"testing"

	"github.com/nyaruka/phonenumbers"

	"couplet/internal/sandbox/kit"
)

func TestEveryTrapEndsAsItSays(t *testing.T) {
	t.Parallel()
	for _, trap := range traps {
		t.Run(trap.name, func(t *testing.T) {
			t.Parallel()
			for seed := range int64(20) {
				g := newInventor(seed)
				var p People
				trap.set(g, &p)
				if got := Expect(p.HighLevel, p.UserCom); got != trap.ends {
					t.Fatalf("seed %d: ends %+v, want %+v", seed, got, trap.ends)
				}
			}
		})
	}
}

// The whole is its parts: all traps as often as set, and everybody else linked or
// created by the side they are on.
func TestExpectedIsTrapsPlusPlainPeople(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 10, 50, 250, 1000, 20_000} {
		p := Seed(n, 7)
		got := Expect(p.HighLevel, p.UserCom)
		var want Expected
		people := 0
		if n >= 50 {
			for _, trap := range traps {
				k := trapCount(n)
				want.Linked += k * trap.ends.Linked
				want.CreatedA += k * trap.ends.CreatedA
				want.CreatedB += k * trap.ends.CreatedB
				want.Review += k * trap.ends.Review
				people += k * trap.people
			}
		}
		if got.Review != want.Review {
			t.Errorf("%d people: %d in review, want %d", n, got.Review, want.Review)
		}
		plain := got.Linked + got.CreatedA + got.CreatedB - want.Linked - want.CreatedA - want.CreatedB
		if plain != n-people {
			t.Errorf("%d people: %d plain ones, want %d", n, plain, n-people)
		}
		if n >= 1000 && (got.Linked < n*4/10 || got.Linked > n/2) {
			t.Errorf("%d people: %d linked, want about 45 %%", n, got.Linked)
		}
	}
}

func TestSeedIsTheSameForTheSameSeed(t *testing.T) {
	t.Parallel()
	if !reflect.DeepEqual(Seed(300, 1), Seed(300, 1)) {
		t.Error("the same seed gives other people")
	}
	if reflect.DeepEqual(Seed(300, 1), Seed(300, 2)) {
		t.Error("another seed gives the same people")
	}
}

func TestSeededPhonesAreValidAndUnique(t *testing.T) {
	t.Parallel()
	g, seen := newInventor(1), map[string]bool{}
	for i := range 120_000 {
		phone := g.phone()
		if seen[phone] {
			t.Fatalf("%s comes twice", phone)
		}
		seen[phone] = true
		if i%50 != 0 {
			continue
		}
		number, err := phonenumbers.Parse(phone, "US")
		if err != nil || !phonenumbers.IsValidNumberForRegion(number, "US") {
			t.Fatalf("%s is not valid: %v", phone, err)
		}
	}
}

func TestShortWayToE164IsTheLibrarys(t *testing.T) {
	t.Parallel()
	for _, p := range Seed(2000, 5).UserCom {
		if p.Phone == "" {
			continue
		}
		number, err := phonenumbers.Parse(p.Phone, "US")
		if want := phonenumbers.Format(number, phonenumbers.E164); err != nil || e164(p.Phone) != want {
			t.Fatalf("%q is %s, want %s (%v)", p.Phone, e164(p.Phone), want, err)
		}
	}
}

func TestHighLevelNeverHasOneEmailTwice(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, p := range Seed(5000, 3).HighLevel {
		k := keysOf(p)[0]
		if k != "" && seen[k] {
			t.Fatalf("%s comes twice", k)
		}
		seen[k] = true
	}
}

func TestKeysOf(t *testing.T) {
	t.Parallel()
	got := keysOf(kit.Person{Email: " Jo@Example.COM ", Phone: "(201) 555-0123"})
	if got != (keys{"jo@example.com", "+12015550123"}) {
		t.Error(got)
	}
	if got := keysOf(kit.Person{Phone: "n/a"}); got != (keys{}) {
		t.Error(got)
	}
}
