package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"couplet/internal/password"
)

// usersCmd makes users and mends their passwords (cli.md, `couplet users add`).
type usersCmd struct {
	Add      addUserCmd     `cmd:"" help:"Make a user; the password is asked for, or read from stdin."`
	Password setPasswordCmd `cmd:"" help:"Give a user a new password; it is asked for, or read from stdin."`
}

func (usersCmd) Help() string { return "Example: couplet users add ana@example.com --role owner" }

type addUserCmd struct {
	Email string `arg:"" help:"Email address, the name to sign in with."`
	Role  string `default:"owner" enum:"owner,editor,viewer" help:"owner, editor or viewer."`
}

func (addUserCmd) Help() string {
	return "Example: couplet users add ana@example.com --role owner < password.txt"
}

func (c *addUserCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	email := strings.ToLower(strings.TrimSpace(c.Email))
	if at := strings.LastIndex(email, "@"); at < 1 || at == len(email)-1 || strings.ContainsAny(email, " \t") {
		return &exit{Code: 2, Text: fmt.Sprintf("%q is not an email address", c.Email)}
	}
	hash, err := newPassword(ctx, t, email)
	if err != nil {
		return err
	}
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	u, err := a.store.AddUser(ctx, a.ws, email, c.Role, hash)
	if err != nil {
		return err
	}
	if u.PasswordHash != hash { // one person has one password, whichever workspace
		t.printf("Made %s a member of this workspace, %s. They have an account here already and keep its password: the password that you gave was not used. "+
			"If theirs is forgotten: couplet users password %s\n", email, c.Role, email)
		return nil
	}
	t.printf("Made user %s, %s.\n", email, c.Role)
	return nil
}

// setPasswordCmd replaces a password that was forgotten. All sessions of the user end.
type setPasswordCmd struct {
	Email string `arg:"" help:"Email address that the user signs in with."`
}

func (setPasswordCmd) Help() string {
	return "Example: couplet users password ana@example.com < password.txt"
}

func (c *setPasswordCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	all, err := a.store.SignIn(ctx, c.Email)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return fmt.Errorf("nobody signs in as %s; `couplet users add` makes a user", c.Email)
	}
	u := all[0] // one person has one password, whichever workspace
	hash, err := newPassword(ctx, t, u.Email)
	if err != nil {
		return err
	}
	if err := a.store.SetPassword(ctx, u.Workspace, u.ID, hash, ""); err != nil {
		return err
	}
	t.printf("%s has a new password. Whoever was signed in as that user is signed out.\n", u.Email)
	return nil
}

// newPassword reads a password for somebody and returns its hash.
func newPassword(ctx context.Context, t *terminal, email string) (string, error) {
	given, err := readPassword(t)
	if err != nil {
		return "", err
	}
	if problem := password.Problem(given, email); problem != "" {
		return "", &exit{Code: 2, Text: problem}
	}
	return password.Hash(ctx, given)
}

func readPassword(t *terminal) (string, error) {
	if f, ok := t.In.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		fmt.Fprint(t.Err, "Password: ")
		b, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(t.Err)
		return string(b), err
	}
	line, err := bufio.NewReader(t.In).ReadString('\n')
	if err != nil && line == "" {
		return "", errors.New("no password came on stdin")
	}
	return strings.TrimRight(line, "\r\n"), nil
}
