package templates

// Orphans are tasks or notes that wait until their contact has a partner: how many, why, and what helps.
type Orphans struct {
	// Title says how many wait, Why where they are, and Fix what to do.
	Title, Why, Fix string
	Buttons         []Link
}
