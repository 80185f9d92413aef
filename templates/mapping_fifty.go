package templates

// MapTest is what the draft of a map makes of further linked records. Nothing is written for it.
type MapTest struct {
	Frame   Frame
	Flow    Prospect
	CanEdit bool
	// Idle says that nobody has asked for it, Reading that the records are being read. Problems say why a side could not be.
	Idle, Reading bool
	Problems      []string
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
	// Href leads to the pair.
	Href string
}

// headline is the finding.
func (t MapTest) headline() string {
	of := Count(t.Of, "linked record", "linked records")
	switch {
	case t.Idle:
		return "Test the map on 50 more records"
	case t.Reading:
		return "Reading 50 more records"
	case t.Of == 0:
		return "There is nothing more to test"
	case t.Change+t.Lose+t.Fail+t.Wait == 0:
		return "Of " + of + " none would change"
	}
	return "Of " + of + " " + Number(t.Change) + " would change"
}

// lead says what the numbers do not.
func (t MapTest) lead() string {
	switch {
	case t.Idle:
		return "Each record is read once on both sides, out of what the accounts allow. Nothing is written."
	case t.Reading:
		return "Each is read once on both sides. This takes a few seconds."
	case t.Of == 0:
		return "Only records that are linked already are tested, and no more of those were found on the first page of either side."
	}
	return Number(t.Lose) + " would lose something, " + Number(t.Fail) + " would fail, " + Number(t.Wait) + " would wait for you. Nothing was written."
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
