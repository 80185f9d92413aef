package script_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"couplet/internal/automation/script"
)

// TestMain is the child, too: this program started with a word of its own, as the real one is with its hidden command.
func TestMain(m *testing.M) {
	if len(os.Args) < 2 || os.Args[1] != "child" {
		os.Exit(m.Run())
	}
	if len(os.Environ()) > 0 {
		fmt.Fprintln(os.Stderr, "it has an environment:", os.Environ())
		os.Exit(3)
	}
	if len(os.Args) > 2 { // it tells that it is there, and goes on when it is told so
		at, err := net.Dial("tcp", os.Args[2])
		if err != nil {
			os.Exit(4)
		}
		_, _ = at.Read(make([]byte, 1))
		defer at.Close()
	}
	if err := script.Child(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// hasty gives a script its usual time. patient leaves a busy machine so much that only what it is about ends a script.
var hasty, patient = newRunner(script.MostTime), newRunner(10 * time.Minute)

func newRunner(most time.Duration) *script.Runner {
	r := script.NewRunner(os.Args[0], "child")
	r.Time = most
	return r
}

// run runs the lines of a script.
func run(t *testing.T, input map[string]any, lines ...string) (script.Result, error) {
	t.Helper()
	return patient.Run(t.Context(), strings.Join(lines, "\n"), input)
}

func TestAScriptMakesValuesOutOfValues(t *testing.T) {
	t.Parallel()
	var input map[string]any
	if err := json.Unmarshal([]byte(`{"name": "Ana  Silva", "score": 12, "rate": 0.5, "vip": true, "none": null, "tags": ["b", "a"], "address": {"city": "Évora"}}`), &input); err != nil {
		t.Fatal(err)
	}
	input["long"] = json.Number("12345678901234567890")
	got, err := run(t, input,
		`SIZES = {"s": 10, "l": 100}`,
		`def words(text):`,
		`    return [w for w in text.split(" ") if w]`,
		`def run(input):`,
		`    print("was given", sorted(input.keys()))`,
		`    n = 0`,
		`    while n < 3:`,
		`        n += 1`,
		`    return {"words": words(input["name"]), "kinds": [type(input[k]) for k in ["score", "rate", "vip", "none", "tags", "address"]], "same": input["address"],`,
		`        "half": input["score"] / 8, "n": n, "long": str(input["long"] + 1), "tags": (sorted(input["tags"]), set([1, 1])), "none": input.get("moon"),`,
		`        "json": json.decode('{"a": 1}'), "up": math.ceil(1.2)}`)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"words": []any{"Ana", "Silva"}, "kinds": []any{"int", "float", "bool", "NoneType", "list", "dict"}, "same": map[string]any{"city": "Évora"},
		"half": 1.5, "n": 3.0, "long": "12345678901234567891", "tags": []any{[]any{"a", "b"}, []any{1.0}}, "none": nil, "json": map[string]any{"a": 1.0}, "up": 2.0}
	if !reflect.DeepEqual(got.Output, want) {
		t.Errorf("%#v", got.Output)
	}
	if got.Printed != `was given ["address", "long", "name", "none", "rate", "score", "tags", "vip"]`+"\n" {
		t.Errorf("%q", got.Printed)
	}
}

// TestEveryEndIsExplained runs scripts that go wrong, and after each one that does not.
func TestEveryEndIsExplained(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind, says string
		code       string
	}{
		"loops":               {script.TooLong, "it made 10 million steps", "def run(input):\n    while True: pass"},
		"loops at the top":    {script.TooLong, "line 1, column 1: it made 10 million steps", "while True: pass\ndef run(input): pass"},
		"one long step":       {script.TooLong, "longer than 2s and was stopped", "def run(input):\n    x = 3 << 500\n    for i in range(18):\n        x = x * x\n    return len(str(x))"},
		"hours of work":       {script.TooLong, "longer than 4s", "def run(input):\n    x = 3 << 500\n    for i in range(18):\n        x = x * x\n    return len(str(x))"},
		"four gigabytes":      {script.NoMemory, "more than 256 MB of memory", "def run(input):\n    x = []\n    for i in range(40):\n        x.append(\"a\" * (100 << 20))\n    return len(x)"},
		"a gigabyte at once":  {script.NoMemory, "more than 256 MB of memory", "def run(input):\n    return len(\"a\" * 1000000000)"},
		"two gigabytes added": {script.NoMemory, "more than 256 MB of memory", "def run(input):\n    x = [0]\n    for i in range(40):\n        x = x + x\n    return len(x)"},
		"too much repeated":   {script.Failed, "line 2, column 16: that becomes too large", "def run(input):\n    return \"a\" * (4 << 30)"},
		"a huge number":       {script.Failed, "that becomes too large", "def run(input):\n    return 1 << 1000000"},
		"a long number":       {script.Failed, "“a” of what run returns is a number with more digits than can be kept", "def run(input):\n    return {\"a\": 9007199254740993}"},
		"calls itself":        {script.Failed, "“f” calls itself, which a script may not", "def f(n):\n    return f(n + 1)\ndef run(input):\n    return f(0)"},
		"deep values":         {script.Failed, "too much stands in each other", "x = []\nfor i in range(1000000):\n    x = [x]\ndef run(input):\n    return 1"},
		"deep output":         {script.Failed, "more than 100 lists and dicts in each other", "def run(input):\n    x = []\n    for i in range(1000):\n        x = [x]\n    return x"},
		"holds itself":        {script.Failed, "or one that holds itself", "def run(input):\n    x = []\n    x.append(x)\n    return x"},
		"grows when written":  {script.TooLarge, "larger than 1 MB", "def run(input):\n    x = [\"a\"]\n    for i in range(60):\n        x = [x, x]\n    return x"},
		"a large text":        {script.TooLarge, "larger than 1 MB", "def run(input):\n    return \"<\" * 1000000"},
		"fails":               {script.Failed, "line 3, column 13: it says: no email", "def run(input):\n    if \"email\" not in input:\n        fail(\"no email\")"},
		"no key":              {script.Failed, "line 2, column 17: there is no key “email”", "def run(input):\n    return input[\"email\"]"},
		"in a function":       {script.Failed, "line 2, column 14: it divides by zero", "def half(n):\n    return 1 // n\ndef run(input):\n    return half(0)"},
		"in a built-in":       {script.Failed, "line 2, column 15: “x” is no whole number", "def run(input):\n    return int(\"x\")"},
		"loads":               {script.Failed, "line 1, column 1: a script can load nothing", "load(\"a.star\", \"b\")\ndef run(input): pass"},
		"opens":               {script.Failed, "line 2, column 12: there is no “open”", "def run(input):\n    return open(\"/etc/passwd\")"},
		"the clock":           {script.Failed, "there is no “time”", "def run(input):\n    return time.now()"},
		"no run":              {script.Failed, "does not define run(input)", "def walk(input): pass"},
		"run of two":          {script.Failed, "line 1, column 5: run is given one thing", "def run(a, b): pass"},
		"run is a text":       {script.Failed, "a text is no function", "run = \"x\""},
		"run of none":         {script.Failed, "“lambda” takes nothing and is given 1", "run = lambda: 1"},
		"no grammar":          {script.Failed, "line 2, column 1: here stands the end of the line, where “:” belongs", "def run(input)\n    pass"},
		"a function":          {script.Failed, "member 2 of what run returns is a function", "def run(input):\n    return [1, run]"},
		"a number as a key":   {script.Failed, "what run returns has a whole number as a key", "def run(input):\n    return {1: 2}"},
		"no number":           {script.Failed, "is nan, which is no number", "def run(input):\n    return float(\"nan\")"},
		"half a letter":       {script.Failed, "cut within a letter", "def run(input):\n    return \"é\"[:1]"},
		"changes what stands": {script.Failed, "cannot be changed in them", "X = []\ndef run(input):\n    X.append(1)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runner := patient
			if strings.Contains(c.says, "longer than 2s") {
				runner = hasty
			}
			got, err := runner.Run(t.Context(), c.code, nil)
			var e *script.Error
			if !errors.As(err, &e) || e.Kind != c.kind || !strings.Contains(e.Error(), c.says) || got.Output != nil {
				t.Errorf("%v (%+v), want %s: %s", err, e, c.kind, c.says)
			}
			if got, err = patient.Run(t.Context(), "def run(input): return input[\"a\"]", map[string]any{"a": 1}); err != nil || got.Output != 1.0 {
				t.Errorf("the next one: %v, %v", got.Output, err)
			}
		})
	}
}

func TestWhatIsPrintedIsKeptWithAnEnd(t *testing.T) {
	t.Parallel()
	got, err := run(t, nil, "def run(input):", "    for i in range(100000):", "        print(\"é\" * 1001)", "    fail(\"enough\")")
	if err == nil || len(got.Printed) > script.MostPrinted+2 || len(got.Printed) < script.MostPrinted/2 || !strings.HasPrefix(got.Printed, "éé") {
		t.Errorf("%d letters: %v", len(got.Printed), err)
	}
}

func TestWhatAScriptIsGivenHasASize(t *testing.T) {
	t.Parallel()
	var e *script.Error
	if _, err := run(t, map[string]any{"a": strings.Repeat("a", script.MostJSON)}, "def run(input): pass"); !errors.As(err, &e) || e.Kind != script.TooLarge {
		t.Error(err)
	}
	if _, err := run(t, map[string]any{"a": func() {}}, "def run(input): pass"); !errors.As(err, &e) || e.Kind != script.Failed {
		t.Error(err)
	}
}

func TestAChildThatCannotAnswerIsNobodysScript(t *testing.T) {
	t.Parallel()
	for says, program := range map[string][]string{"could not be started": {"/nothing/here"}, "exit status 4": {os.Args[0], "child", "nowhere"}} {
		var e *script.Error
		if _, err := script.NewRunner(program...).Run(t.Context(), "def run(input): pass", nil); !errors.As(err, &e) || e.Kind != script.Stopped || !strings.Contains(e.Text, says) {
			t.Errorf("%v, want %s", err, says)
		}
	}
}

func TestARunEndsWithItsContext(t *testing.T) {
	t.Parallel()
	door := newDoor(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := script.NewRunner(os.Args[0], "child", door.Addr().String()).Run(ctx, "def run(input): pass", nil)
		done <- err
		_ = door.Close() // nobody waits at it for a child that failed
	}()
	held, err := door.Accept()
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := held.Read(make([]byte, 1)); err == nil { // the end of the child closed it
		t.Error("the child lives on")
	}
}

// TestTwoRunAtOnce lets each child come in at a door and counts who is inside.
func TestTwoRunAtOnce(t *testing.T) {
	t.Parallel()
	door := newDoor(t)
	r := script.NewRunner(os.Args[0], "child", door.Addr().String())
	r.Time = patient.Time
	var all sync.WaitGroup
	for i := range 6 {
		all.Go(func() {
			if got, err := r.Run(t.Context(), "def run(input): return input[\"n\"]", map[string]any{"n": i}); err != nil || got.Output != float64(i) {
				t.Errorf("%d: %v, %v", i, got.Output, err)
			}
		})
	}
	go func() { all.Wait(); _ = door.Close() }() // nobody waits at the door for a child that failed
	for range 3 {
		var held []net.Conn
		for range script.AtOnce { // both must be inside before one is let go
			c, err := door.Accept()
			if err != nil {
				t.Fatal(err)
			}
			held = append(held, c)
		}
		for _, c := range held {
			_ = c.Close()
		}
	}
	all.Wait()
}

func newDoor(t *testing.T) net.Listener {
	door, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = door.Close() })
	return door
}
