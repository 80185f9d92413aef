package templates

// WorkspaceSettings is the page of what holds for a whole workspace.
type WorkspaceSettings struct {
	Frame Frame
	Clock Clock
	// May says that the visitor decides; others read.
	May  bool
	Name TextField
	// Zone is the time zone that was chosen, and the choices for what new flows begin with.
	Zone TextField
	// Hosts are those that steps of automations may call.
	Hosts          TextField
	Country        []MapOption
	Every, Deletes []MapOption
	Watch          bool
	Keeps          []KeepField
	// Seen names what each form was made of, by what it saves. Clash is what a colleague saved meanwhile.
	Seen  map[string]string
	Clash string
}

// KeepField is for how many days something is kept.
type KeepField struct {
	Name, Label, Help string
	Value             string
	Least, Most       int
	Error             string
}

// about names what describes the field.
func (k KeepField) about() string {
	if k.Error != "" {
		return k.Name + "-error " + k.Name + "-hint"
	}
	return k.Name + "-hint"
}

// days is what is kept, in words.
func (k KeepField) days() string {
	if k.Value == "1" {
		return "1 day"
	}
	return k.Value + " days"
}

// bounds are how few and how many days are possible.
func (k KeepField) bounds() string {
	return "Between " + Number(k.Least) + " and " + Number(k.Most) + " days."
}

// chosenText is the words of what is chosen among several.
func chosenText(all []MapOption) string {
	for _, o := range all {
		if o.Chosen {
			return o.Text
		}
	}
	return ""
}

func yesNo(yes bool) string {
	if yes {
		return "Yes"
	}
	return "No"
}
