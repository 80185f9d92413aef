package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/term"

	"couplet/db"
	"couplet/internal/connection"
)

// Globals are the flags that every command takes (cli.md, "Settings"). Each has an environment variable COUPLET_<FLAG>.
type Globals struct {
	Data              string        `help:"Folder of the database and the key. Default: ./data, and for demo a fresh temporary folder." placeholder:"DIR"`
	DatabaseURL       string        `help:"sqlite:PATH, or postgres://… Default: couplet.db in the data folder." placeholder:"URL"`
	SecretKey         string        `help:"Key that seals secrets. Made and kept in the data folder when absent." placeholder:"KEY"`
	Workspace         string        `help:"Workspace to work in. Default: the first one." placeholder:"NAME"`
	Settle            time.Duration `default:"30s" help:"How long a change may stay invisible to the other system's search."`
	PublicURL         string        `help:"Where people and systems reach this installation, as in https://couplet.example.com." placeholder:"URL"`
	AllowPrivateHosts string        `help:"Comma list of host:port that connections may name although private." placeholder:"LIST"`
	LogLevel          string        `default:"warn" enum:"debug,info,warn,error" help:"Least level that is logged: debug, info, warn or error."`

	Consent consentFlags `embed:"" group:"Connecting by consent:"`

	now func() time.Time // of the demo, whose pretend systems have a time of their own
}

// terminal is where a command reads and writes.
type terminal struct {
	In       io.Reader
	Out, Err io.Writer
}

// json prints one value as JSON on a line.
func (t *terminal) json(v any) error {
	enc := json.NewEncoder(t.Out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

func (t *terminal) printf(format string, args ...any) { fmt.Fprintf(t.Out, format, args...) }

// logger writes text on a terminal and JSON otherwise.
func (t *terminal) logger(level string) *slog.Logger {
	var l slog.Level
	_ = l.UnmarshalText([]byte(level)) // kong has checked the word
	o := &slog.HandlerOptions{Level: l}
	if t.forPerson() {
		return slog.New(slog.NewTextHandler(t.Err, o))
	}
	return slog.New(slog.NewJSONHandler(t.Err, o))
}

// forPerson reports whether somebody reads stderr on a terminal.
func (t *terminal) forPerson() bool {
	f, ok := t.Err.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// settings are the checked globals.
type settings struct {
	Data     string
	Database string
	KeyFile  string
	Allow    []string
	Apps     map[string]connection.Client
}

// check reads all settings and reports every problem at once.
func (g *Globals) check() (settings, error) {
	if g.Data == "" { // not a default of the flag, because the demo has another
		g.Data = "./data"
	}
	s := settings{Data: g.Data, Database: g.DatabaseURL, KeyFile: filepath.Join(g.Data, "couplet.key")}
	var problems []string
	if s.Database == "" {
		s.Database = "sqlite:" + filepath.Join(g.Data, "couplet.db")
	}
	if !strings.HasPrefix(s.Database, "sqlite:") && !strings.HasPrefix(s.Database, "postgres://") && !strings.HasPrefix(s.Database, "postgresql://") {
		problems = append(problems, "--database-url is neither sqlite:PATH nor postgres://…")
	}
	if g.Settle < 0 || g.Settle > time.Hour {
		problems = append(problems, fmt.Sprintf("--settle %s is outside 0s to 1h", g.Settle))
	}
	var err error
	if s.Allow, err = connection.AllowedHosts(g.AllowPrivateHosts); err != nil {
		problems = append(problems, err.Error())
	}
	var wrong []string
	if s.Apps, wrong = g.Consent.apps(s.Allow); len(wrong) > 0 {
		problems = append(problems, wrong...)
	}
	if err := os.MkdirAll(g.Data, 0o700); err != nil {
		problems = append(problems, fmt.Sprintf("the data folder cannot be made: %s", err))
	} else if err := db.CheckModes(g.Data); err != nil {
		problems = append(problems, err.Error())
	}
	if len(problems) > 0 {
		return s, &exit{Code: 2, Text: strings.Join(problems, "\n  ")}
	}
	return s, nil
}
