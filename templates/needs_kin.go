package templates

import "strings"

// NeedKin is what is known to hang on records that may be deleted.
type NeedKin struct {
	// Kinds are the words for what may hang on them ("tasks", "notes"), none where nothing does. Unread are those of them that no flow
	// has read.
	Kinds, Unread []string
	// Known says how many hang on them, kind by kind; N is how many that are, On on how many of the records, and Names what the first of
	// them are known by.
	Known []string
	N, On int
	Names []string
}

// says puts it in words, about one record or about several.
func (k NeedKin) says(x System, several bool) string {
	it, one := "it", "Its"
	if several {
		it, one = "them", "Their"
	}
	said := ""
	switch {
	case k.N > 0 && several:
		said = Capital(wordList(k.Known, "and")) + " in " + x.Name + " hang on " + Number(k.On) + " of them"
	case k.N == 1:
		said = k.Known[0] + " in " + x.Name + " hangs on it"
	case k.N > 0:
		said = Capital(wordList(k.Known, "and")) + " in " + x.Name + " hang on it"
	case len(k.Unread) == 0:
		return "As far as Couplet has read, no " + wordList(k.Kinds, "or") + " in " + x.Name + " hang on " + it + "."
	}
	if said != "" {
		if len(k.Names) > 0 {
			names := make([]string, len(k.Names))
			for i, n := range k.Names {
				names[i] = "“" + n + "”"
			}
			if more := k.N - len(names); more > 0 {
				names = append(names, Number(more)+" more")
			}
			said += ": " + wordList(names, "and")
		}
		said += ". What hangs on a " + x.One + " goes with it, or is left there without it."
	}
	if len(k.Unread) > 0 {
		said += " " + one + " " + wordList(k.Unread, "and") + " in " + x.Name + " were never read here, so look there before you answer."
	}
	return strings.TrimSpace(said)
}

// asks says what is looked at right before a delete.
func (k NeedKin) asks(x System) string {
	return "Right before a delete " + x.Name + " is asked for the " + wordList(k.Kinds, "and") + " once more, which may take a while where there are many. One that was added after your answer holds the delete back."
}

// wordList makes a list of words: "a, b and c".
func wordList(all []string, last string) string {
	if len(all) < 2 {
		return strings.Join(all, "")
	}
	return strings.Join(all[:len(all)-1], ", ") + " " + last + " " + all[len(all)-1]
}
