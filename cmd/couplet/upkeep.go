package main

import (
	"context"
	"os"
	"runtime/debug"
	"strings"

	"couplet/db"
	"couplet/internal/connection"
)

// migrateCmd brings the database to this program's schema. Every command does so too; this one does nothing else.
type migrateCmd struct{}

func (migrateCmd) Help() string { return "Example: couplet migrate" }

func (c *migrateCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	j, err := a.jobs(nil)
	if err != nil {
		return err
	}
	if err := j.Migrate(ctx); err != nil {
		return err
	}
	t.printf("The database is at the schema of this program.\n")
	return nil
}

type backupCmd struct {
	File string `arg:"" help:"File to write."`
}

func (backupCmd) Help() string { return "Example: couplet backup /backups/couplet-2026-11-23.db" }

func (c *backupCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.db.Backup(ctx, c.File); err != nil {
		return err
	}
	t.printf("Wrote %s. The key is not part of it: keep %s (or COUPLET_SECRET_KEY) elsewhere, or the keys of your accounts must be given again after a restore.\n", c.File, a.set.KeyFile)
	return nil
}

type restoreCmd struct {
	File string `arg:"" help:"Backup to restore."`
}

func (restoreCmd) Help() string { return "Example: couplet restore /backups/couplet-2026-11-23.db" }

func (c *restoreCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	set, err := g.check()
	if err != nil {
		return err
	}
	kept, err := db.Restore(ctx, set.Database, c.File)
	if err != nil {
		return err
	}
	if kept != "" {
		t.printf("What was there before is kept in %s.\n", kept)
	}
	t.printf("Restored %s. Records changed since that backup are compared again at the next run; nothing is written that both sides already agree on.\n", c.File)
	return nil
}

// rotateCmd makes a new key and seals every secret with it.
type rotateCmd struct{}

func (rotateCmd) Help() string { return "Example: couplet rotate-key" }

func (c *rotateCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	return a.rotate(ctx, g, t)
}

func (a *app) rotate(ctx context.Context, g *Globals, t *terminal) error {
	old := g.SecretKey
	if old == "" {
		var err error
		if old, _, err = connection.KeyFile(a.set.KeyFile); err != nil {
			return err
		}
	}
	fresh, err := connection.Rotate(old)
	if err != nil {
		return err
	}
	sealer, err := connection.OpenSealer(fresh)
	if err != nil {
		return err
	}
	// The new key opens what the old one sealed, so it is kept first: whatever fails from here on, nothing is lost.
	if g.SecretKey == "" {
		if err := replaceFile(a.set.KeyFile, fresh); err != nil {
			return err
		}
	}
	n, err := a.reseal(ctx, sealer)
	if err != nil {
		return err
	}
	if g.SecretKey != "" {
		t.printf("Sealed %d secrets with a new key. Set COUPLET_SECRET_KEY to this before the next start:\n%s\n", n, fresh)
		return nil
	}
	t.printf("Sealed %d secrets with a new key, kept in %s. Keep a copy of that file elsewhere. A server that is running must be restarted.\n", n, a.set.KeyFile)
	return nil
}

// replaceFile swaps a file's content in one step.
func replaceFile(path, content string) error {
	tmp := path + ".new"
	if err := os.WriteFile(tmp, []byte(content+"\n"), 0o600); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}

type versionCmd struct {
	JSON bool `name:"json" help:"Answer with JSON."`
}

func (versionCmd) Help() string { return "Example: couplet version" }

// version is set by the release build.
var version = "dev"

func (c *versionCmd) Run(t *terminal) error {
	revision := ""
	goVersion := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		goVersion = info.GoVersion
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = s.Value
			}
		}
	}
	if c.JSON {
		return t.json(map[string]string{"version": version, "revision": revision, "go": goVersion})
	}
	t.printf("%s\n", strings.Join(strings.Fields("couplet "+version+" "+revision+" "+goVersion), " "))
	return nil
}
