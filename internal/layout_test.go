// Package internal_test guards the shape of the house: who may import whom, which things live in one place only, that
// every package says what it is for, and that no file outgrows a sitting. The reasons are in ARCHITECTURE.md and, one
// sentence each, in the failure texts below.
package internal_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// allowed is the whole dependency graph: package, then what of ours it may import. Names are import paths without
// "couplet/" and "internal/". A line for a package that does not exist yet costs nothing.
var allowed = map[string]string{
	"connector":               "",
	"connector/highlevel":     "connector",
	"connector/usercom":       "connector",
	"connector/connectortest": "connector",
	"mapping":                 "connector",
	"flow":                    "connector mapping",
	"engine":                  "flow connector mapping",
	"automation":              "automation/script engine flow connector mapping",
	"automation/script":       "",
	"connection":              "connector",
	"db":                      "",
	"db/dbtest":               "db",
	"static":                  "",
	"docs":                    "",
	"password":                "",
	"sandbox":                 "sandbox/kit sandbox/highlevel sandbox/usercom",
	"sandbox/highlevel":       "sandbox/kit",
	"sandbox/usercom":         "sandbox/kit",
	"sandbox/kit":             "",
	"store":                   "db flow engine automation connection connector mapping",
	"jobs":                    "db engine automation",
	"templates":               "static flow engine automation connection connector mapping",
	"command":                 "store flow engine automation connection connector mapping",
	"web":                     "templates command docs store static password flow engine automation connection connector mapping",
	"cmd/couplet":             "*",
	"scripts/assets":          "",
	"scripts/bench":           "*",
}

// why says what a forbidden import would break, by the package that must not import; "" is for all others.
var why = map[string]string{
	"connector":         "connector is the floor: what every system has in common may lean on nothing",
	"mapping":           "mapping translates values and knows neither flows nor runs, so that it stays pure and fuzzable",
	"flow":              "a flow is data about what a person wants; how it is done is the engine's business",
	"engine":            "the engine decides; it asks for storage and calls through its own interfaces, so that it runs in tests on anything",
	"automation/script": "what runs a stranger's code knows nothing of ours that it could touch",
	"connection":        "connection holds keys; the less it knows, the fewer places can leak one",
	"db":                "db hides which database it is and knows nothing of what is stored",
	"sandbox":           "the sandbox must not share our code, or it would share our misreadings of the vendors' sheets",
	"store":             "store remembers; what it remembers is defined by the packages it may import, never by pages or jobs",
	"jobs":              "a job carries ids and wakes the engine; the truth is in the tables",
	"command":           "what can be asked is apart from who asks: no pages, no requests, no flags",
	"templates":         "templates show what they are given; a page that can query the database hides slow and unsafe code",
	"web":               "web wakes jobs through a one-method interface wired in cmd, after commit, so that pages work without a queue",
	"":                  "an arrow against the drawing in ARCHITECTURE.md makes the house one room",
}

func TestImports(t *testing.T) {
	for _, f := range sources(t) {
		if f.test {
			continue
		}
		line, known := allowed[f.pkg]
		if !known {
			t.Errorf("%s: package %s is not in the house plan\n\twhy: every package has one place in the drawing of ARCHITECTURE.md\n\tfix: put the code into the package whose noun it is, or add a line to allowed in internal/layout_test.go and to ARCHITECTURE.md", f.path, f.pkg)
			continue
		}
		for _, imp := range f.imports() {
			ours, ok := strings.CutPrefix(imp, "couplet/")
			ours = strings.TrimPrefix(ours, "internal/")
			if !ok || line == "*" || slices.Contains(strings.Fields(line), ours) {
				continue
			}
			reason, ok := why[f.pkg]
			if top, _, _ := strings.Cut(f.pkg, "/"); !ok && why[top] != "" {
				reason = why[top]
			} else if !ok {
				reason = why[""]
			}
			t.Errorf("%s: %s may not import %s\n\twhy: %s\n\tfix: let %s state the small interface it needs and wire it in cmd/couplet, or move the code; it may import: %s",
				f.path, f.pkg, ours, reason, f.pkg, cmp(line, "nothing of ours"))
		}
	}
}

// column is what a select names; prose such as "Select a field from the list" has no commas between its words.
const column = `[\w.*"$]+(\s*\([^)]*\))?(\s+as\s+\w+)?`

// only lists things that have one home. A rule looks at imports, at calls like time.Now, or at text outside comments.
var only = []struct {
	name    string
	homes   string // packages that may; sandbox and scripts mean all packages in them
	imports string // prefix of an import path
	calls   []string
	text    *regexp.Regexp // in string literals; with names, in identifiers too
	names   bool
	why     string
	fix     string
}{
	{
		name: "SQL", homes: "store db",
		text: regexp.MustCompile(`(?is)\binsert into\b|\bupdate\s+\w+\s+set\b|\bdelete from\b|\bcreate (unique )?(table|index)\b` +
			`|(?:^|[^<\w])select\s+(distinct\s+)?` + column + `(\s*,\s*` + column + `)*\s+from\s|(?:^|[^<\w])select\s[^<>]*?\sfrom\s[^<>]*?\swhere\s`),
		why: "one text serves two databases, and only store and db are tested on both",
		fix: "add a method to store, or reword the sentence if it is meant for people",
	},
	{
		name: "River", homes: "jobs", imports: "github.com/riverqueue/",
		why: "a job is a wake-up; if others knew the queue, a lost job could lose work",
		fix: "state a one-method interface where it is needed and wire jobs to it in cmd/couplet",
	},
	{
		name: "oauth2", homes: "connection", imports: "golang.org/x/oauth2",
		why: "tokens are refreshed under one database lease and sealed; its Client and TokenSource would do neither",
		fix: "ask connection for a connector and let it hold the key",
	},
	{
		name: "echo", homes: "web", imports: "github.com/labstack/echo",
		why: "the router is a detail of the pages; whoever takes an echo.Context can only be called by a browser",
		fix: "take a context.Context and plain values; the handler in web unpacks the request",
	},
	{
		name: "argon2id", homes: "password", imports: "github.com/alexedwards/argon2id",
		why: "each hash takes 64 MB, so all of the process wait in one line; and a hash is judged by one set of numbers",
		fix: "call password.Hash and password.Check",
	},
	{
		name: "the environment", homes: "cmd/couplet scripts",
		calls: []string{"os.Getenv", "os.LookupEnv", "os.Environ", "os.ExpandEnv", "syscall.Getenv"},
		why:   "settings are read and checked once, at start, all problems reported together",
		fix:   "take the value as a parameter and let cmd/couplet read it",
	},
	{
		// sandbox/kit has the sandbox's own clock; connectortest is imported by tests only.
		name: "the clock", homes: "cmd/couplet scripts sandbox/kit connector/connectortest",
		calls: []string{"time.Now", "time.Since", "time.Until"},
		why:   "one clock is passed down, so that tests and previews own the time",
		fix:   "take a now func() time.Time and use it",
	},
	{
		name: "Starlark", homes: "automation/script", imports: "go.starlark.net",
		why: "the language does not limit memory: what runs a script belongs into a process of its own",
		fix: "call script.Check, or a script.Runner",
	},
	{
		name: "vendor names", homes: "connector/highlevel connector/usercom sandbox cmd/couplet scripts flow/templates", names: true,
		text: regexp.MustCompile(`(?i)highlevel|high level|usercom|user\.com|leadconnector`),
		why:  "names, words, scopes and marks of a system come from its Spec, so that a third system is data and not a search through the code",
		fix:  "say side or system, or take the word from connector.Spec",
	},
}

func TestOnlyHomes(t *testing.T) {
	for _, f := range sources(t) {
		if f.test {
			continue
		}
		for _, rule := range only {
			if f.livesIn(rule.homes) {
				continue
			}
			for _, hit := range f.hits(rule.imports, rule.calls, rule.text, rule.names) {
				t.Errorf("%s: %s outside %s\n\twhy: %s\n\tfix: %s", hit, rule.name, rule.homes, rule.why, rule.fix)
			}
		}
	}
}

func TestPackageComments(t *testing.T) {
	lines, first := map[string]int{}, map[string]string{}
	for _, f := range sources(t) {
		if f.test || strings.HasSuffix(f.path, "_templ.go") {
			continue
		}
		dir := filepath.Dir(f.path)
		if first[dir] == "" {
			first[dir] = f.path
		}
		if f.ast.Doc != nil {
			lines[dir] = max(lines[dir], strings.Count(strings.TrimSpace(f.ast.Doc.Text()), "\n")+1)
		}
	}
	for dir, path := range first {
		if lines[dir] < 3 {
			t.Errorf("%s: package %s has a package comment of %d lines\n\twhy: a newcomer reads this page first; three lines are the least that says what it is for and what it may count on\n\tfix: write it above the package clause of the file named after the package", path, dir, lines[dir])
		}
	}
}

// A file aims at 150 lines. Over mostLines it fails; over longLines it is named with -v.
const mostLines, longLines = 400, 200

func TestFileSizes(t *testing.T) {
	for path, n := range lengths(t) {
		if n > mostLines {
			t.Errorf("%s: %d lines, more than %d\n\twhy: a file is read in one sitting; the noun in its name no longer covers what is in it\n\tfix: find the second noun and give it a file of its own", path, n, mostLines)
		}
	}
}

func TestLongFilesAreNamed(t *testing.T) {
	var long []string
	for path, n := range lengths(t) {
		if n > longLines {
			long = append(long, fmt.Sprintf("%4d %s", n, path))
		}
	}
	slices.Sort(long)
	t.Logf("files over %d lines:\n%s", longLines, strings.Join(long, "\n"))
}

// lengths counts the lines of every file that a person writes.
func lengths(t *testing.T) map[string]int {
	t.Helper()
	n := map[string]int{}
	for _, path := range files(t, ".go", ".templ", ".sql", ".css", ".js", ".sh") {
		if strings.HasSuffix(path, "_templ.go") {
			continue
		}
		text, err := os.ReadFile(filepath.Join("..", path))
		if err != nil {
			t.Fatal(err)
		}
		n[path] = strings.Count(string(text), "\n")
	}
	return n
}

type source struct {
	path, pkg string // path from the root; package as in allowed
	test      bool
	set       *token.FileSet
	ast       *ast.File
}

func (f source) imports() (paths []string) {
	for _, s := range f.ast.Imports {
		p, _ := strconv.Unquote(s.Path.Value)
		paths = append(paths, p)
	}
	return paths
}

func (f source) livesIn(homes string) bool {
	for _, home := range strings.Fields(homes) {
		if top, _, _ := strings.Cut(f.pkg, "/"); f.pkg == home || top == home && (top == "sandbox" || top == "scripts") {
			return true
		}
	}
	return false
}

// hits gives "file:line: what" for every place where the rule is broken. Comments are free.
func (f source) hits(imports string, calls []string, text *regexp.Regexp, names bool) (hits []string) {
	add := func(n ast.Node, what string) {
		at := f.set.Position(n.Pos())
		hits = append(hits, fmt.Sprintf("%s:%d: %s", f.path, at.Line, what))
	}
	ast.Inspect(f.ast, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			if p, _ := strconv.Unquote(n.Path.Value); imports != "" && strings.HasPrefix(p, imports) || names && text.MatchString(p) {
				add(n, p)
			}
			return false
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && slices.Contains(calls, x.Name+"."+n.Sel.Name) {
				add(n, x.Name+"."+n.Sel.Name)
			}
		case *ast.Ident:
			if names && text.MatchString(n.Name) {
				add(n, n.Name)
			}
		case *ast.BasicLit:
			if n.Kind != token.STRING || text == nil {
				break
			}
			if s, _ := strconv.Unquote(n.Value); text.MatchString(s) {
				add(n, strconv.Quote(strings.Join(strings.Fields(text.FindString(s)), " ")))
			}
		}
		return true
	})
	return hits
}

// sources parses every Go file of the project once.
func sources(t *testing.T) []source {
	t.Helper()
	parsed, err := parse(t)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

var (
	once    sync.Once
	all     []source
	errOnce error
)

func parse(t *testing.T) ([]source, error) {
	paths := files(t, ".go")
	once.Do(func() {
		for _, path := range paths {
			f := source{path: path, test: strings.HasSuffix(path, "_test.go"), set: token.NewFileSet()}
			f.pkg = strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), "internal/")
			f.ast, errOnce = parser.ParseFile(f.set, filepath.Join("..", path), nil, parser.ParseComments|parser.SkipObjectResolution)
			if errOnce != nil {
				return
			}
			all = append(all, f)
		}
	})
	return all, errOnce
}

// files lists what is ours with one of the endings, from the root of the project.
func files(t *testing.T, endings ...string) (paths []string) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if path != ".." && strings.HasPrefix(name, ".") || slices.Contains([]string{"node_modules", "testdata", "dist", "bin", "out"}, name) {
				return fs.SkipDir
			}
			return nil
		}
		if slices.Contains(endings, filepath.Ext(name)) {
			rel, err := filepath.Rel("..", path)
			if err != nil {
				return err
			}
			paths = append(paths, rel)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		t.Fatalf("no %v file found from %s: the test runs in the wrong folder", endings, "..")
	}
	return paths
}

func cmp(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
