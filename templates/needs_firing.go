package templates

import "time"

// NeedFiring is a reason for which runs of an automation wait for a person: N of them, of which Runs are a few.
type NeedFiring struct {
	Automation, Name string // the automation's id, and what it is called
	Title, Why, Fix  string
	// Reason and Newest say which they are, for the answer: why they wait, and the newest that the page knows.
	Reason, Newest string
	N              int
	Runs           []NeedFiringRun
	Answers        []FiringAnswer
}

// NeedFiringRun is one of them.
type NeedFiringRun struct {
	About, Href string
	At          time.Time
}

// all says an answer's text for all of them.
func (x NeedFiring) all(a FiringAnswer) string {
	if x.N == 1 {
		return a.Text
	}
	return a.Text + ", for all " + Number(x.N)
}

// list is where all of them are listed.
func (x NeedFiring) list() string { return "/automations/" + x.Automation + "/runs?show=needs" }
