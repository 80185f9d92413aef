package password

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
)

func TestAPasswordIsTheOneOfItsHashOnly(t *testing.T) {
	t.Parallel()
	hash, err := Hash(t.Context(), "four plain words here")
	if err != nil || strings.Contains(hash, "four") {
		t.Fatal(hash, err)
	}
	for password, want := range map[string]bool{"four plain words here": true, "four plain words there": false, "": false, strings.Repeat("x", 5000): false} {
		if ok, err := Check(t.Context(), password, hash); ok != want || err != nil {
			t.Errorf("%.30q: %v, %v", password, ok, err)
		}
	}
}

// TestAnAccountThatDoesNotExistCostsTheSame by the numbers of the hash that is checked in its place.
func TestAnAccountThatDoesNotExistCostsTheSame(t *testing.T) {
	t.Parallel()
	p, salt, key, err := argon2id.DecodeHash(nobody)
	if err != nil || *p != *params || len(salt) != int(params.SaltLength) || len(key) != int(params.KeyLength) {
		t.Fatalf("%+v, %v", p, err)
	}
	if ok, err := Check(t.Context(), "four plain words here", ""); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
}

func TestHashesOfOlderProgramsStillCheck(t *testing.T) {
	t.Parallel()
	hash, err := argon2id.CreateHash("four plain words here", argon2id.DefaultParams)
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := Check(t.Context(), "four plain words here", hash); !ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
}

// TestAtMostFourAtOnceAndTheRestWaitsWithItsContext does not run in parallel with others, which hash as well.
func TestAtMostFourAtOnceAndTheRestWaitsWithItsContext(t *testing.T) {
	release := make(chan struct{})
	var running, highest atomic.Int32
	var started, wg sync.WaitGroup
	started.Add(cap(atOnce))
	for range cap(atOnce) {
		wg.Go(func() {
			_ = inTurn(t.Context(), func() error {
				highest.Store(max(highest.Load(), running.Add(1)))
				started.Done()
				<-release
				running.Add(-1)
				return nil
			})
		})
	}
	started.Wait()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := Hash(ctx, "four plain words here"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a fifth did not wait: %v", err)
	}
	close(release)
	wg.Wait()
	if highest.Load() != 4 {
		t.Errorf("%d at once", highest.Load())
	}
	if _, err := Hash(t.Context(), "four plain words here"); err != nil {
		t.Error(err)
	}
}

func TestWhatIsGuessedFirstIsNotTaken(t *testing.T) {
	t.Parallel()
	for password, want := range map[string]string{
		"four plain words here":        "",
		"düne-möwe-4":                  "12 characters",
		"düne-möwe-42":                 "",
		"short":                        "12 characters",
		"ines@harborpine.test":         "email",
		" INES@harborpine.test ":       "email",
		"Password1234":                 "guessed first",
		"pass-word_12-34":              "guessed first",
		"correct horse battery staple": "guessed first",
		"abababababab":                 "guessed first",
		strings.Repeat("abcd ", 300):   "longer",
	} {
		got := Problem(password, "Ines@harborpine.test")
		if got == "" != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%.40q: %q", password, got)
		}
	}
	for line := range strings.Lines(common) {
		if line = strings.TrimSpace(line); len(line) < Least || line != strings.ToLower(line) || Problem(line, "") == "" {
			t.Errorf("%q on the list does nothing", line)
		}
	}
}
