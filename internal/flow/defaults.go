package flow

import "slices"

// Defaults are what new flows of a workspace begin with where it has an opinion, beside what their template says. The zero value has
// none.
type Defaults struct {
	// Region is the country of phone numbers without a prefix, before that of the accounts.
	Region string `json:"region,omitempty"`
	// Every is how often a flow looks by itself.
	Every Duration `json:"every,omitempty"`
	// Delete is what happens to the partner of a record that is gone, for flows that can do it.
	Delete Delete `json:"delete,omitempty"`
	// Watch has flows begin by only telling what they would do.
	Watch bool `json:"watch,omitempty"`
}

// With is a new flow as a workspace wants it.
func (f Flow) With(d Defaults) Flow {
	if d.Region != "" {
		f.Region = d.Region
	}
	if d.Every > 0 {
		f.Schedule = Schedule{Every: d.Every}
	}
	if d.Delete != "" && slices.Contains(f.Deletes(), d.Delete) {
		f.Delete = d.Delete
	}
	f.Watch = f.Watch || d.Watch
	return f
}
