package flow

import (
	"strconv"
	"strings"

	"couplet/internal/mapping"
)

// File is a flow file (cli.md, "The flow file"): the accounts and the flows that somebody wants to have.
type File struct {
	Version     int
	Connections []Connection
	Flows       []FlowSpec
}

// Connection is one account in a flow file.
type Connection struct {
	Name, System string
	Auth         Auth
	// Account names the account in the system's own terms.
	Account map[string]string
	// BaseURL replaces the vendor's address, "" for the vendor's own.
	BaseURL string
	Limits  Limits
	// Settings are the choices that the API of the system leaves open. Left out (nil) they stay as they are.
	Settings map[string]string
	// Line is where the connection begins in the file.
	Line  int
	lines map[string]int
}

// Auth is how a connection proves itself: by a token that a person pasted, by a person's consent in the browser
// (oauth2), or as an app that acts for itself (client_credentials). Token and ClientSecret are the secrets themselves:
// they are never logged and never exported.
type Auth struct {
	Kind, Token            string
	ClientID, ClientSecret string
	// TokenURL is where an app's own tokens come from, "" for the address of the installation's app.
	TokenURL string
	Scopes   []string
}

// The kinds of auth.
const (
	AuthToken   = "token"
	AuthConsent = "oauth2"
	AuthClient  = "client_credentials"
)

// Limits are what the account's owner knows better than the vendor's published figures.
type Limits struct {
	// PerSecond is the number of calls per second that the vendor allows this account, 0 for the published number.
	PerSecond float64
}

// FlowSpec is a flow as a file writes it: what is left out (zero or nil here) takes the template's value.
type FlowSpec struct {
	Name, Template string
	// Connections are the names of two connections, by side.
	Connections [2]string
	Enabled     *bool
	Direction   mapping.Direction
	Schedule    *Schedule
	Match       []string
	// Map replaces the template's map whole.
	Map      []Row
	Conflict mapping.Policy
	Blank    mapping.Blank
	Delete   Delete
	Scope    ScopeKind
	Records  []string
	Watch    bool
	Brake    BrakeSpec
	Retry    Retry
	// Region is the country of phone numbers without prefix, "" for that of the accounts.
	Region string
	// Line is where the flow begins in the file.
	Line  int
	lines map[string]int
}

// BrakeSpec is a Brake of which parts may be left out. 0% is a value.
type BrakeSpec struct {
	Change, Delete *Share
}

// Row is a row of a map and where it stands in the file.
type Row struct {
	mapping.Row
	Line int
}

// Parse reads a flow file. It returns all errors at once, as Errors, together with what could be read. A ${NAME} in a
// value is replaced by what env knows under that name; where env is nil a ${ is refused (cli.md, "The flow file").
func Parse(name string, data []byte, env func(string) (string, bool)) (*File, error) {
	r := &reader{file: name, env: env}
	f := r.read(data)
	return f, r.errs.err()
}

// Load reads a flow file and checks it as a whole against the place where it is to be applied. Nothing of a file may
// be applied when Load returns an error.
func Load(name string, data []byte, env func(string) (string, bool), in Installation) (*File, error) {
	r := &reader{file: name, env: env}
	f := r.read(data)
	return f, append(r.errs, f.Validate(name, in)...).err()
}

// LineOf is the line of a key of the flow, of the nearest key around it when the file left it out.
func (s FlowSpec) LineOf(field string) int { return lineOf(s.lines, field, s.Line) }

// LineOf is the line of a key of the connection.
func (c Connection) LineOf(field string) int { return lineOf(c.lines, field, c.Line) }

func lineOf(lines map[string]int, field string, fallback int) int {
	for field != "" {
		if line, ok := lines[field]; ok {
			return line
		}
		field = field[:max(strings.LastIndexByte(field, '.'), 0)]
	}
	return fallback
}

// RowErrors places the problems that the accounts' real fields showed in the map's rows.
func (s FlowSpec) RowErrors(file string, problems []mapping.Problem) Errors {
	var errs Errors
	for _, p := range problems {
		errs = append(errs, Error{file, s.LineOf("map." + strconv.Itoa(p.Row)), "flow " + s.Name + ", row " + strconv.Itoa(p.Row+1) + " of its map: " + p.Text})
	}
	return errs
}
