package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// savedState is the file of --state: both CRMs with their keys, so that a restart
// goes on as the same two workspaces.
type savedState struct {
	UserComToken  string          `json:"usercom_token"`
	Subdomain     string          `json:"subdomain"`
	UserComClient string          `json:"usercom_client_id"`
	UserComSecret string          `json:"usercom_client_secret"`
	ControlKey    string          `json:"control_key"`
	Expected      Expected        `json:"expected"`
	Tasks         ExpectedOf      `json:"tasks"`
	Notes         ExpectedOf      `json:"notes"`
	HighLevel     json.RawMessage `json:"highlevel"`
	UserCom       json.RawMessage `json:"usercom"`
}

// readState returns nil when there is no file to load.
func readState(file string) (*savedState, error) {
	if file == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var saved savedState
	if err := json.Unmarshal(raw, &saved); err != nil {
		return nil, fmt.Errorf("%s is not a sandbox's state: %w", file, err)
	}
	return &saved, nil
}

// save writes the state if it changed: to a file beside, then renamed, mode 0600.
func (s *Sandbox) save() error {
	next := s.saved
	var err error
	if next.HighLevel, err = json.Marshal(s.HighLevel.State()); err != nil {
		return err
	}
	if next.UserCom, err = json.Marshal(s.UserCom.State()); err != nil {
		return err
	}
	if bytes.Equal(next.HighLevel, s.saved.HighLevel) && bytes.Equal(next.UserCom, s.saved.UserCom) {
		return nil
	}
	raw, err := json.Marshal(next)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(s.o.StateFile), ".sandbox-*") // made with 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	if _, err = tmp.Write(raw); err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), s.o.StateFile); err != nil {
		return err
	}
	s.saved = next
	return nil
}

// saveLoop writes now and then; Close writes the last time, after it has ended.
func (s *Sandbox) saveLoop(ctx context.Context) {
	tick := time.NewTicker(saveEvery)
	defer tick.Stop()
	seen := -1
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			now := s.calls()
			if now != seen && s.save() == nil { // Close reports what still fails then
				seen = now
			}
		}
	}
}

// calls is how many calls were answered so far; nothing changes without one.
func (s *Sandbox) calls() int {
	n := 0
	for _, counters := range s.counters {
		n += counters.Snapshot().Total
	}
	return n
}
