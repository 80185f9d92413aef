package templates

// CopyFlow is the page that copies a flow to another client.
type CopyFlow struct {
	Frame Frame
	ID    string
	Name  string
	Ends  [2]End
	// Direction is that of the flow's couplet.
	Direction string
	// Targets are the other workspaces of the visitor.
	Targets []CopyTarget
	// To is the workspace that was chosen, nil while none is, and Look what a copy there would be.
	To   *CopyTarget
	Look CopyLook
}

// CopyTarget is a workspace that a flow might be copied to.
type CopyTarget struct {
	ID, Name string
	Conns    [2]ClientConn
	// Why says why the flow cannot be copied there now, "" where it can. Next and Button are what mends it, "" where the visitor
	// cannot.
	Why, Next, Button string
}

// CopyBack is the way back to the copy of a flow of another workspace, which waits for accounts of this one.
type CopyBack struct {
	Flow, Workspace string
	// From is the id of that workspace, and Next where the copy goes on there.
	From, Next string
	// Ready says that the accounts are here.
	Ready bool
}

// CopyLook is what a copy would be.
type CopyLook struct {
	// Accounts are those of the workspace, by side, and Chosen the ones that are used.
	Accounts [2][]Choice
	Chosen   [2]string
	// Pairs go along, of All.
	Pairs, All int
	// Left are the pairs that stay behind, each with why; Choices are pairs that go along and name choices that are not there.
	Left, Choices []CopyGap
	// Notes are what else is different there.
	Notes []string
	// Problem says why the accounts there could not be looked at; nothing can be copied then.
	Problem string
}

// CopyGap is a pair with what it lacks over there.
type CopyGap struct{ Pair, Why string }

func (p CopyFlow) path() string { return "/flows/" + p.ID + "/copy" }

// ready counts the clients that the flow can be copied to at once.
func (p CopyFlow) ready() (n int) {
	for _, t := range p.Targets {
		if t.Why == "" {
			n++
		}
	}
	return n
}

// headline says in a sentence what would be copied.
func (p CopyFlow) headline() string {
	switch {
	case p.To == nil:
		return "Copy “" + p.Name + "” to another client"
	case p.Look.Problem != "":
		return p.To.Name + " could not be looked at"
	case len(p.Look.Left) == 0:
		return "All " + Count(p.Look.All, "pair goes", "pairs go") + " along to " + p.To.Name
	}
	return Number(p.Look.Pairs) + " of " + Count(p.Look.All, "pair goes", "pairs go") + " along to " + p.To.Name
}

// choosing says whether there is more than one account of a system to choose from.
func (l CopyLook) choosing() bool { return len(l.Accounts[0]) > 1 || len(l.Accounts[1]) > 1 }
