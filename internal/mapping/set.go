package mapping

// Merge is the three-way merge of a set, element by element: what both sides hold together, less what either side
// removed since the base (sync-semantics 5.5). Spelling is taken from the side that has the element, a first.
func Merge(a, b, baseA, baseB []string) []string {
	gone := map[string]bool{}
	for _, s := range Minus(baseA, a) {
		gone[Element(s)] = true
	}
	for _, s := range Minus(baseB, b) {
		gone[Element(s)] = true
	}
	var out []string
	seen := map[string]bool{}
	for _, s := range append(append([]string{}, a...), b...) {
		e := Element(s)
		if e == "" || seen[e] || gone[e] {
			continue
		}
		seen[e] = true
		out = append(out, s)
	}
	return out
}

// Minus lists the elements of x that y does not hold.
func Minus(x, y []string) []string {
	have := map[string]bool{}
	for _, s := range y {
		have[Element(s)] = true
	}
	var out []string
	for _, s := range x {
		if e := Element(s); e != "" && !have[e] {
			out = append(out, s)
			have[e] = true
		}
	}
	return out
}

// Spellings lists the elements of x that y does not hold, each in all its spellings: a side may hold one name twice.
func Spellings(x, y []string) []string {
	lost := map[string]bool{}
	for _, s := range Minus(x, y) {
		lost[Element(s)] = true
	}
	var out []string
	for _, s := range x {
		if lost[Element(s)] {
			out = append(out, s)
		}
	}
	return out
}

// AsSet is a value as a set; nil for a blank one.
func AsSet(v Value) []string {
	s, _ := v.([]string)
	return s
}
