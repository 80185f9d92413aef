package templates

// MapTest is what the draft of a map makes of further linked records. Nothing is written for it.
type MapTest struct {
	Frame   Frame
	Flow    Prospect
	CanEdit bool
	// Idle says that nothing is linked yet, Reading that the records are being read, Stored that they are as the runs saw them last.
	Idle, Reading, Stored bool
	// Most is how many requests reading them takes at most.
	Most int
	// Problems say why a side could not be read. Unread names the pairs with a field that no run has read yet.
	Problems []string
	Unread   string
	// Of is how many were tested, and how many of them change, lose something, fail and wait for a person.
	Of, Change, Lose, Fail, Wait int
	Causes                       []MapTestCause
}

// MapTestCause is what happens to N records for one reason. Kind is fails, loses, waits or changes.
type MapTestCause struct {
	Kind, Key, Pair, Why string
	N                    int
	// Example is one of them by name, with what it was and would be, both "" where that is not to be shown.
	Example, Was, Now string
	// Record leads to its page.
	Record string
	// Href leads to the pair.
	Href string
}

// headline is the finding.
func (t MapTest) headline() string {
	of := Count(t.Of, "linked record", "linked records")
	switch {
	case t.Idle:
		return "There is nothing to test yet"
	case t.Reading:
		return "Reading 50 more records"
	case t.Of == 0:
		return "There is nothing more to test"
	case t.quiet():
		return "Of " + of + " none would change"
	}
	return "Of " + of + " " + Number(t.Change) + " would change"
}

// lead says what the numbers do not.
func (t MapTest) lead() string {
	switch {
	case t.Idle:
		return "A test shows what the map makes of records that are linked already."
	case t.Reading:
		return "Each is read once on both sides. This takes a few seconds."
	case t.Of == 0:
		return "The map shows all the linked records that were found."
	}
	return Number(t.Lose) + " would lose something, " + Number(t.Fail) + " would fail, " + Number(t.Wait) + " would wait for you. Nothing was written."
}

// source says how fresh the records are, and what fresher ones cost.
func (t MapTest) source() string {
	switch {
	case t.Idle || t.Reading:
		return ""
	case !t.Stored:
		return "The records are as they were read within the last five minutes."
	}
	text := "The records are as the last runs saw them; none was read for this."
	if !t.CanEdit {
		return text + " To have them read as they are now, ask an editor or an owner."
	}
	return text + " Testing them as they are now takes at most " + Number(t.Most) + " requests out of what the accounts allow, and writes nothing."
}

// quiet says that nothing would happen.
func (t MapTest) quiet() bool { return t.Change+t.Lose+t.Fail+t.Wait == 0 }

// action is what the button says.
func (t MapTest) action() string {
	if t.Stored {
		return "Test 50 as they are now"
	}
	return "Test 50 more"
}

// word is what happens, with its tone and drawing.
func (c MapTestCause) word() (tone, text, drawing string) {
	switch c.Kind {
	case "fails":
		return "bad", "Fails", "circle-x"
	case "loses":
		return "warn", "Loses something", "triangle-alert"
	case "waits":
		return "warn", "Needs you", "circle-alert"
	}
	return "", "Changes", "pencil"
}
