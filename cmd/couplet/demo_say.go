package main

import "couplet/internal/sandbox"

// demoReady is the line that `couplet demo --json` prints. SignIn, Email and Password are empty with --first-run, SetupCode
// without; Password also when it was told before.
type demoReady struct {
	SignIn    string `json:"sign_in"`
	Email     string `json:"email"`
	Password  string `json:"password"`
	SetupCode string `json:"setup_code"`
	URL       string `json:"url"`
	sandbox.Info
}

// say tells what a person needs: one address to open, and how to come back.
func (r demoReady) say(asJSON bool, t *terminal, p *place) error {
	if asJSON {
		return t.json(r)
	}
	t.printf("Couplet runs here, with two pretend CRMs and the people in them. Nothing is sent outside this machine.\n\n")
	switch {
	case r.SignIn != "":
		t.printf("Open this address. It signs you in as the owner, once, within ten minutes:\n\n  %s\n\n", r.SignIn)
		password := r.Password
		if password == "" {
			password = "as it was told the first time"
		}
		t.printf("To come back later: %s\n  email     %s\n  password  %s\n", r.URL, r.Email, password)
	case r.SetupCode != "":
		t.printf("Open this address. The set-up code is %s\n\n  %s/setup\n\n", r.SetupCode, r.URL)
	default:
		t.printf("Open this address, and sign in as the owner you made:\n\n  %s\n\n", r.URL)
	}
	t.printf("The pretend CRMs side by side, where you change people by hand:\n  %s\n", r.Control.Page)
	if p.temporary {
		t.printf("Everything is in %s and is removed at the end. ", p.dir)
	} else {
		t.printf("Everything is kept in %s, for `couplet demo --data %s`. ", p.dir, p.dir)
	}
	t.printf("Stop with Ctrl-C.\n")
	return nil
}
