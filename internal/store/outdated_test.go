package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"couplet/internal/connection"
	"couplet/internal/flow"
	"couplet/internal/store"
)

// What things are now, for those who look before they change them.

func clientNow(ctx context.Context, s *store.Store, ws string) string {
	all, _ := s.Workspaces(ctx)
	for _, w := range all {
		if w.ID == ws {
			return w.Name
		}
	}
	return ""
}

func connNow(ctx context.Context, s *store.Store, ws, id string) string {
	c, _ := s.ConnectionByID(ctx, ws, id)
	return c.Name
}

func settingNow[T any](ctx context.Context, ws string, of func(context.Context, string) (T, error)) T {
	v, _ := of(ctx, ws)
	return v
}

// Of several who saw the same and save at once, one does, and the others are told; whoever looks again may.
func TestOfTwoWhoSawTheSameOneSaves(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		conn := func() connection.Connection {
			c, err := w.ConnectionByID(w.ctx, w.ws, w.conns[0])
			must(t, err)
			return c
		}
		for name, look := range map[string]func() func(i int) error{
			"a setting": func() func(int) error {
				was, err := w.Setting(w.ctx, w.ws, "zone")
				must(t, err)
				return func(i int) error { return w.ChangeSetting(w.ctx, w.ws, "zone", was, fmt.Sprint(was, i)) }
			},
			"how long things are kept": func() func(int) error {
				was := settingNow(w.ctx, w.ws, w.Keeps)
				return func(i int) error {
					p := was
					p.Conflicts += time.Duration(i+1) * 24 * time.Hour
					return w.SaveKeeps(w.ctx, w.ws, was, p)
				}
			},
			"what new flows begin with": func() func(int) error {
				was := settingNow(w.ctx, w.ws, w.Defaults)
				return func(i int) error {
					d := was
					d.Every += flow.Duration(time.Duration(i+1) * time.Minute)
					return w.SaveDefaults(w.ctx, w.ws, was, d)
				}
			},
			"the name of a client": func() func(int) error {
				was := clientNow(w.ctx, w.Store, w.ws)
				return func(i int) error { return w.RenameWorkspace(w.ctx, w.ws, was, fmt.Sprint(was, i)) }
			},
			"the name of a connection": func() func(int) error {
				was := conn()
				return func(i int) error {
					return w.RenameConnection(w.ctx, w.ws, was.ID, was.Name, fmt.Sprint(was.Name, i))
				}
			},
			"the settings of a connection": func() func(int) error {
				was := conn()
				return func(i int) error {
					c := was
					c.Settings = map[string]string{"task_type": fmt.Sprint(was.Settings["task_type"], i)}
					return w.ChangeConnection(w.ctx, w.ws, was, c)
				}
			},
		} {
			for round := range 3 {
				save := look()
				var saved [4]error
				var all sync.WaitGroup
				for i := range saved {
					all.Go(func() { saved[i] = save(i) })
				}
				all.Wait()
				n := 0
				for _, err := range saved {
					if err == nil {
						n++
					} else if !errors.Is(err, store.ErrOutdated) {
						t.Errorf("%s: %v", name, err)
					}
				}
				if n != 1 {
					t.Errorf("%s, round %d: %d of %d saved: %v", name, round, n, len(saved), saved)
				}
			}
		}
		// What somebody else changed beside it is neither in the way nor taken back.
		was := conn()
		must(t, w.RenameConnection(w.ctx, w.ws, was.ID, was.Name, "renamed"))
		c := was
		c.Settings = map[string]string{"task_type": "7"}
		must(t, w.ChangeConnection(w.ctx, w.ws, was, c))
		if now := conn(); now.Name != "renamed" || now.Settings["task_type"] != "7" {
			t.Errorf("%+v", now)
		}
		for name, err := range map[string]error{
			"client":     w.RenameWorkspace(w.ctx, "nowhere", "a", "b"),
			"connection": w.RenameConnection(w.ctx, w.ws, "nowhere", "a", "b"),
			"settings":   w.ChangeConnection(w.ctx, w.ws, was, connection.Connection{ID: "nowhere"}),
		} {
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s that is not there: %v", name, err)
			}
		}
	})
}
