package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"couplet/internal/connection"
	"couplet/internal/connector"
)

// doctorCmd checks everything that can be checked, and says what to mend (cli.md, `couplet doctor`).
type doctorCmd struct {
	JSON bool `name:"json" help:"Answer with JSON."`
}

func (doctorCmd) Help() string { return "Example: couplet doctor" }

// finding is one check.
type finding struct {
	Check string `json:"check"`
	OK    bool   `json:"ok"`
	// Text says what was found and, when it is not well, what to do.
	Text string `json:"text"`
}

func (c *doctorCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	list := diagnose(ctx, g, t)
	bad := 0
	for _, f := range list {
		if !f.OK {
			bad++
		}
	}
	if c.JSON {
		if err := t.json(map[string]any{"ok": bad == 0, "checks": list}); err != nil {
			return err
		}
	} else {
		for _, f := range list {
			mark := "ok  "
			if !f.OK {
				mark = "MEND"
			}
			t.printf("%s  %-22s %s\n", mark, f.Check, f.Text)
		}
	}
	if bad > 0 {
		return &exit{Code: 1}
	}
	return nil
}

func diagnose(ctx context.Context, g *Globals, t *terminal) (list []finding) {
	add := func(check string, err error, good string) bool {
		f := finding{Check: check, OK: err == nil, Text: good}
		if err != nil {
			f.Text = err.Error()
		}
		list = append(list, f)
		return f.OK
	}
	set, err := g.check()
	if !add("settings and files", err, "readable, and closed to others") {
		return list
	}
	add("disk", freeSpace(set.Data), "more than 500 MB free")
	a, err := g.open(ctx, t)
	if !add("database", err, "opens, at this program's schema") {
		return list
	}
	defer a.Close()
	if a.db.SQLite() {
		if info, err := os.Stat(a.db.Path()); err == nil {
			add("database size", nil, fmt.Sprintf("%.1f MB in %s", float64(info.Size())/1e6, filepath.Base(a.db.Path())))
		}
	}
	conns, err := a.store.Connections(ctx, a.ws)
	if !add("connections", err, fmt.Sprintf("%d", len(conns))) {
		return list
	}
	for _, c := range conns {
		note, err := a.examine(ctx, c)
		add("connection "+c.Name, err, note)
		if err == nil {
			add("clock against "+c.Name, a.clock(ctx, c), "within a minute of each other")
		}
	}
	return list
}

// examine tries a connection's key.
func (a *app) examine(ctx context.Context, c connection.Connection) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	conn, err := a.pool.Open(ctx, c, nil)
	if err != nil {
		return "", err
	}
	check, ok := conn.(connector.Checker)
	if !ok {
		return "reachable", nil
	}
	id, err := check.Check(ctx, false)
	if err != nil {
		return "", err
	}
	health, err := a.tokenHealth(ctx, c)
	return "reached; the key is good for " + id.Name + health, err
}

// soon is how long before its end a token that nobody renews is told of.
const soon = 7 * 24 * time.Hour

// tokenHealth says how long the key of a connection lasts, "" for one that does not end.
func (a *app) tokenHealth(ctx context.Context, c connection.Connection) (string, error) {
	p, ok, err := a.connect.Permit(ctx, c.Workspace, c.ID)
	switch {
	case err != nil || !ok || p.Expires.IsZero():
		return "", err
	case p.Renews:
		return ", which renews its key by itself; the present one lasts until " + p.Expires.UTC().Format(time.RFC3339), nil
	case p.Expires.Sub(a.now()) < soon:
		return "", fmt.Errorf("its key ends %s and is not renewed; connect the account again before that", p.Expires.UTC().Format(time.RFC3339))
	}
	return ", until " + p.Expires.UTC().Format(time.RFC3339), nil
}

// clock compares our clock with the system's.
func (a *app) clock(ctx context.Context, c connection.Connection) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	conn, err := a.pool.Open(ctx, c, nil)
	if err != nil {
		return err
	}
	page, err := conn.List(ctx, connector.ListRequest{Object: "contact", Since: a.now().Add(time.Hour)})
	if err != nil || page.At.IsZero() {
		return err
	}
	if off := page.At.Sub(a.now()).Abs(); off > time.Minute {
		return fmt.Errorf("this machine's clock and the system's are %s apart; set this machine's clock by NTP", off.Round(time.Second))
	}
	return nil
}

const leastFree = 500 << 20

func freeSpace(dir string) error {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return err
	}
	if free := st.Bavail * uint64(st.Bsize); free < leastFree {
		return fmt.Errorf("only %d MB are free in %s; make room before the database cannot grow", free>>20, dir)
	}
	return nil
}
