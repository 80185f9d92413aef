package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"syscall"

	"couplet/db"
	"couplet/internal/sandbox"
)

// place is the folder of a demo. It remembers the addresses and the keys of the pretend CRMs, so that connections made
// yesterday lead to the same accounts today.
type place struct {
	dir       string
	temporary bool
	memory    placeMemory
}

// placeMemory is demo.json in the folder.
type placeMemory struct {
	HighLevel string `json:"highlevel"` // host:port
	UserCom   string `json:"usercom"`
	Control   string `json:"control"`
}

func (p *place) file(name string) string { return filepath.Join(p.dir, name) }

// openPlace finds or makes the folder. One that holds an installation which is no demo is refused.
func openPlace(g *Globals) (*place, error) {
	p := &place{dir: g.Data}
	if p.dir == "" {
		dir, err := os.MkdirTemp("", "couplet-demo-")
		if err != nil {
			return nil, err
		}
		p.dir, p.temporary, g.Data = dir, true, dir
		return p, nil
	}
	text, err := os.ReadFile(p.file("demo.json"))
	switch {
	case err == nil:
		if err := json.Unmarshal(text, &p.memory); err != nil {
			return nil, fmt.Errorf("%s is not what a demo wrote: %w; remove the folder to begin anew", p.file("demo.json"), err)
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	default:
		if _, err := os.Stat(p.file("couplet.db")); err == nil {
			return nil, &exit{Code: 2, Text: fmt.Sprintf("%s holds an installation that is no demo; give --data another folder, or leave it out (and COUPLET_DATA) for a fresh one", p.dir)}
		}
	}
	return p, nil
}

// close removes what was only for this time.
func (p *place) close() error {
	if !p.temporary {
		return nil
	}
	return os.RemoveAll(p.dir)
}

// sandbox starts the pretend CRMs where they were, or anew.
func (p *place) sandbox(ctx context.Context, c *demoCmd, web string) (*sandbox.Sandbox, error) {
	o := sandbox.Options{HighLevelAddr: p.memory.HighLevel, UserComAddr: p.memory.UserCom, ControlAddr: p.memory.Control,
		Contacts: c.Contacts, Seed: 1, RateLimits: "real", WebhookURL: "http://" + web + "/hooks", Chaos: c.Chaos}
	if !p.temporary {
		if err := os.MkdirAll(p.dir, 0o700); err != nil {
			return nil, fmt.Errorf("the data folder cannot be made: %w", err)
		}
		if err := db.CheckModes(p.dir); err != nil {
			return nil, err
		}
		o.StateFile = p.file("sandbox.json")
	}
	box, err := sandbox.Start(ctx, o)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("the pretend CRMs of %s were at addresses of which one is in use, perhaps by another demo of this folder (%w); stop that one, or give --data another folder", p.dir, err)
	}
	if err != nil || p.temporary {
		return box, err
	}
	info := box.Info()
	p.memory = placeMemory{HighLevel: hostOf(info.HighLevel.URL), UserCom: hostOf(info.UserCom.URL), Control: hostOf(info.Control.URL)}
	text, err := json.Marshal(p.memory)
	if err == nil {
		err = os.WriteFile(p.file("demo.json"), text, 0o600)
	}
	if err != nil {
		return nil, errors.Join(err, box.Close())
	}
	return box, nil
}

// hostOf is the host:port of an address.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}
