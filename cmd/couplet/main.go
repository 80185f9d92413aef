// Couplet keeps two CRMs in step. This is its one program: the web app and its workers (serve), the two pretend CRMs
// (sandbox), and the commands that scripts rely on. Each file here is one command; app.go wires the house together.
//
// A command prints people's text, or JSON with --json, to stdout and logs to stderr. It exits 0 on success, 1 on failure
// and 2 on wrong use; `run` has codes of its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"couplet/internal/command"
)

// commands is the command line. A command is listed only once it works.
type commands struct {
	Globals
	Serve       serveCmd       `cmd:"" help:"Run the web app, the scheduler and the workers."`
	Demo        demoCmd        `cmd:"" help:"Run the web app with two pretend CRMs beside it, to try everything without an account anywhere."`
	Sandbox     sandboxCmd     `cmd:"" help:"Run only the two pretend CRMs."`
	Apply       applyCmd       `cmd:"" help:"Create or change connections and flows from a flow file."`
	Export      exportCmd      `cmd:"" help:"Print the flow file of what exists, without secrets."`
	Run         runCmd         `cmd:"" help:"Run a flow once and wait for it."`
	Runs        runsCmd        `cmd:"" help:"List runs, or show one with its records and their reasons."`
	Flows       flowsCmd       `cmd:"" help:"List the versions of a flow, or make one its draft."`
	Automations automationsCmd `cmd:"" help:"List automations, switch one on or off, or start one by hand."`
	Firings     firingsCmd     `cmd:"" help:"List what automations did, or have what stands go on."`
	Undo        undoCmd        `cmd:"" help:"Take back what a run wrote."`
	Conflicts   conflictsCmd   `cmd:"" help:"List fields that changed on both sides and wait for you, or decide one."`
	Review      reviewCmd      `cmd:"" help:"List records that cannot be told apart and wait for you, or decide one."`
	Operations  operationsCmd  `cmd:"" help:"List the calls that both systems can make, and what sets automations off: the catalog."`
	Users       usersCmd       `cmd:"" help:"Make users."`
	Migrate     migrateCmd     `cmd:"" help:"Bring the database to the schema of this program."`
	Backup      backupCmd      `cmd:"" help:"Write a copy of the database to a file. The key is not part of it."`
	Restore     restoreCmd     `cmd:"" help:"Replace the database by a backup."`
	Rotate      rotateCmd      `cmd:"" name:"rotate-key" help:"Make a new key and seal every secret with it."`
	Doctor      doctorCmd      `cmd:"" help:"Check settings, files, database, clock, both systems and keys, and say what to mend."`
	Version     versionCmd     `cmd:"" help:"Print the version."`
	Script      scriptCmd      `cmd:"" name:"script-child" hidden:"" help:"Run one script of an automation; the program calls this itself."`
}

// exit is a command's wish for a particular exit code; Text, when there is one, goes to stderr.
type exit struct {
	Code int
	Text string
}

func (e *exit) Error() string { return e.Text }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(Main(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// Main is the whole program as a value: tests start the very same thing.
func Main(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	var c commands
	code := -1
	parser, err := kong.New(&c, kong.Name("couplet"), kong.Description("Couplet keeps two CRMs in step."),
		kong.DefaultEnvars("COUPLET"), kong.Writers(out, errs), kong.Exit(func(n int) { code = n }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.BindTo(ctx, (*context.Context)(nil)))
	if err != nil {
		fmt.Fprintln(errs, err)
		return 1
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if code >= 0 { // help was asked for
		return code
	}
	if err != nil {
		name := "couplet"
		var wrong *kong.ParseError
		if errors.As(err, &wrong) && wrong.Context.Selected() != nil {
			name = wrong.Context.Selected().FullPath()
		}
		fmt.Fprintf(errs, "couplet: %s\nSee %s --help.\n", err, name)
		return 2
	}
	t := &terminal{In: in, Out: out, Err: errs}
	err = k.Run(ctx, &c.Globals, t)
	var e *exit
	var refused *command.Refusal
	switch {
	case err == nil:
		return 0
	case errors.As(err, &e):
		if e.Text != "" {
			fmt.Fprintln(errs, "couplet: "+e.Text)
		}
		return e.Code
	case errors.As(err, &refused) && refused.Kind == command.NotMeant:
		fmt.Fprintln(errs, "couplet: "+refused.Error())
		return 2
	}
	fmt.Fprintln(errs, "couplet: "+err.Error())
	return 1
}
