package templates

import "time"

// Versions is the page on which the versions of a flow or of an automation are compared and taken back.
type Versions struct {
	Frame Frame
	Clock Clock
	// Name is what it is called, Home where it is edited and Path the address of the page.
	Name, Home, Path string
	// Lead says what a version is, Next what a draft goes through before something runs by it.
	Lead, Next string
	// Go leads on with the draft, and Test is the button's name in tests.
	Go, Test string
	GoTo     string
	// On says that something runs by the newest version.
	On      bool
	CanEdit bool
	// Revision is what a change of the draft must name, so that nobody overwrites a colleague.
	Revision string
	// Published is the number of the version that is published.
	Published int
	// Draft is what was changed and not published, nil where nothing was.
	Draft *VersionLine
	Lines []VersionLine
	// Older leads to earlier versions, "" where there are none.
	Older string
	// Choices are all that can be compared; From and To are what is, both "" for nothing.
	Choices  []Choice
	From, To string
	Differs  []DiffGroup
	// Taken is the version that was just made the draft, 0 for none.
	Taken int
	// Clash is what a colleague's change prevented, "" for nothing.
	Clash string
}

// VersionLine is a version of the list, or the draft.
type VersionLine struct {
	ID, Name string
	// By is who made it, "" where that is not known; How says in which way, "" for the usual one.
	By, How string
	At      time.Time
	// Says is what it changed.
	Says string
	// Compare leads to how it differs from the one before.
	Compare string
	// Newest says that nothing was published since.
	Newest bool
}

// DiffGroup are differences that belong together.
type DiffGroup struct {
	Title string
	Lines []DiffLine
}

// DiffLine is one difference. Word says what happened, "" where it is just another value; None is said where there was or is
// nothing.
type DiffLine struct{ Label, Word, Was, Now, None string }

// headline is the finding.
func (v Versions) headline() string {
	n := Count(v.Published, "version", "versions")
	if v.Published == 1 {
		n = "One version"
	}
	switch {
	case v.Published == 0:
		return "Nothing was published yet"
	case v.Draft != nil:
		return n + ", and a draft that differs"
	case v.Published == 1:
		return "One version so far"
	}
	return n
}

// state is what the newest version is: it runs, or would.
func (v Versions) state() string {
	if v.On {
		return "Runs now"
	}
	return "Published"
}

// name is one of the choices by what it is called.
func (v Versions) name(id string) string {
	if id == "draft" {
		return "the draft"
	}
	return "version " + id
}

// whose says who made a version and how.
func (l VersionLine) whose() string {
	switch {
	case l.By != "" && l.How != "":
		return l.By + ", " + l.How
	case l.How != "":
		return Capital(l.How)
	}
	return l.By
}
