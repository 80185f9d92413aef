package templates

import "strings"

// FieldDrift is a custom field that changed in its system behind our back.
type FieldDrift struct {
	// Paused says that its pairs wait; else it is only told.
	Paused bool
	// Title is what happened; Text why nothing is lost and what to do.
	Title, Text string
	// Side and Name name the field in forms, Keys the pairs it is in. Accept is the word of the button that goes on with the field as
	// it is now, "" where nothing can.
	Side, Name, Accept string
	Keys               []string
	// Seen names the change as it is shown, for the answer.
	Seen string
	// Flow is the flow whose map names it, and Href its map.
	Flow, Href string
}

func (d FieldDrift) kind() string {
	if d.Paused {
		return "warn"
	}
	return ""
}

func (d FieldDrift) drawing() string {
	if d.Paused {
		return "pause"
	}
	return "info"
}

// PausedFields are those whose pairs wait.
func PausedFields(all []FieldDrift) (out []FieldDrift) {
	for _, d := range all {
		if d.Paused {
			out = append(out, d)
		}
	}
	return out
}

// PausedPairs is how many pairs wait because of fields, in words.
func PausedPairs(all []FieldDrift) string {
	keys := map[string]bool{}
	for _, d := range PausedFields(all) {
		for _, k := range d.Keys {
			keys[d.Flow+"\x00"+k] = true
		}
	}
	return Count(len(keys), "pair is", "pairs are") + " paused"
}

// driftID is an id for a field of a side, for headings and labels.
func driftID(stem string, d FieldDrift) string {
	return stem + "-" + d.Side + "-" + strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, d.Name)
}
