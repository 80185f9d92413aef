package kit

import "time"

// Company is a company record as the page of companies lists it, whichever CRM it is from.
type Company struct {
	ID, Name      string
	Website       string // "" also where there is no field for it
	Email, City   string
	Members       []string // the names of its contacts
	Updated, Made time.Time
}
