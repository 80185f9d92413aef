package highlevel

import (
	"strconv"
	"strings"
)

// Contact is one contact as it is held. Its JSON is the part that GET, create and
// the saved state have in common (section 4.1); an empty value is left out. Never
// change one that is stored: copy it.
type Contact struct {
	ID                 string         `json:"id"`
	LocationID         string         `json:"locationId"`
	FirstName          string         `json:"firstName,omitempty"`
	LastName           string         `json:"lastName,omitempty"`
	Email              string         `json:"email,omitempty"`
	Phone              string         `json:"phone,omitempty"` // E.164
	CompanyName        string         `json:"companyName,omitempty"`
	BusinessID         string         `json:"businessId,omitempty"` // written by /contacts/bulk/business alone
	Address1           string         `json:"address1,omitempty"`
	City               string         `json:"city,omitempty"`
	State              string         `json:"state,omitempty"`
	Country            string         `json:"country,omitempty"`
	PostalCode         string         `json:"postalCode,omitempty"`
	Website            string         `json:"website,omitempty"`
	Timezone           string         `json:"timezone,omitempty"`
	Type               string         `json:"type,omitempty"`
	Source             string         `json:"source,omitempty"`
	AssignedTo         string         `json:"assignedTo,omitempty"`
	Gender             string         `json:"gender,omitempty"`      // written, never answered
	DateOfBirth        string         `json:"dateOfBirth,omitempty"` // YYYY-MM-DD
	DND                bool           `json:"dnd"`
	DNDSettings        map[string]any `json:"dndSettings,omitempty"`
	InboundDNDSettings map[string]any `json:"inboundDndSettings,omitempty"`
	Tags               []string       `json:"tags"`
	Followers          []string       `json:"followers"`
	AdditionalEmails   []extraEmail   `json:"additionalEmails"`
	AdditionalPhones   []string       `json:"additionalPhones"`
	CustomFields       []fieldValue   `json:"customFields"`
	DateAdded          Stamp          `json:"dateAdded"`
	DateUpdated        Stamp          `json:"dateUpdated"`
}

// fieldValue is a custom field's value as it is read (section 4.3).
type fieldValue struct {
	ID    string `json:"id"`
	Value any    `json:"value"`
}

type extraEmail struct {
	Email string `json:"email"`
}

// Name is first and last name joined (section 13.3).
func (c *Contact) Name() string { return strings.TrimSpace(c.FirstName + " " + c.LastName) }

// contactView is a contact as GET, PUT and upsert answer it (section 4.1).
type contactView struct {
	*Contact
	Gender             *struct{} `json:"gender,omitempty"` // hides the stored one
	Name               string    `json:"name,omitempty"`
	FirstNameLowerCase string    `json:"firstNameLowerCase,omitempty"`
	LastNameLowerCase  string    `json:"lastNameLowerCase,omitempty"`
	FullNameLowerCase  string    `json:"fullNameLowerCase,omitempty"`
	EmailLowerCase     string    `json:"emailLowerCase,omitempty"`
}

func viewOf(c *Contact) contactView {
	return contactView{
		Contact: c, Name: c.Name(),
		FirstNameLowerCase: strings.ToLower(c.FirstName), LastNameLowerCase: strings.ToLower(c.LastName),
		FullNameLowerCase: strings.ToLower(c.Name()), EmailLowerCase: strings.ToLower(c.Email),
	}
}

// createdView is the answer to a create: no name, a dateOfBirth with time next to
// its parts, and the extra flags (section 4.1).
type createdView struct {
	contactView
	Name             *struct{} `json:"name,omitempty"`
	DateOfBirth      string    `json:"dateOfBirth,omitempty"`
	BirthMonth       int       `json:"birthMonth,omitempty"`
	BirthDay         int       `json:"birthDay,omitempty"`
	Deleted          bool      `json:"deleted"`
	BounceEmail      bool      `json:"bounceEmail"`
	UnsubscribeEmail bool      `json:"unsubscribeEmail"`
	LastSession      Stamp     `json:"lastSessionActivityAt"`
	Offers           []string  `json:"offers"`
	Products         []string  `json:"products"`
}

func createdViewOf(c *Contact) createdView {
	v := createdView{contactView: viewOf(c), LastSession: c.DateAdded, Offers: []string{}, Products: []string{}}
	if parts := strings.Split(c.DateOfBirth, "-"); len(parts) == 3 {
		v.DateOfBirth = c.DateOfBirth + "T00:00:00.000Z"
		v.BirthMonth, _ = strconv.Atoi(parts[1])
		v.BirthDay, _ = strconv.Atoi(parts[2])
	}
	return v
}

// searchRow is a row of POST /contacts/search (section 4.6): address instead of
// address1, nulls instead of absence, names in lower case only.
type searchRow struct {
	ID                 string         `json:"id"`
	LocationID         string         `json:"locationId"`
	FirstName          *string        `json:"firstName,omitempty"` // only with Options.SearchNames
	LastName           *string        `json:"lastName,omitempty"`
	FirstNameLowerCase *string        `json:"firstNameLowerCase"`
	LastNameLowerCase  *string        `json:"lastNameLowerCase"`
	ContactName        *string        `json:"contactName"`
	Email              *string        `json:"email"`
	Phone              *string        `json:"phone"`
	PhoneLabel         *string        `json:"phoneLabel"`
	CompanyName        *string        `json:"companyName"`
	BusinessName       *string        `json:"businessName"`
	Address            *string        `json:"address"`
	City               *string        `json:"city"`
	State              *string        `json:"state"`
	Country            *string        `json:"country"`
	PostalCode         *string        `json:"postalCode"`
	Website            *string        `json:"website"`
	Source             *string        `json:"source"`
	Type               *string        `json:"type"`
	DND                bool           `json:"dnd"`
	DNDSettings        map[string]any `json:"dndSettings"`
	Tags               []string       `json:"tags"`
	Followers          []string       `json:"followers"`
	AssignedTo         *string        `json:"assignedTo"`
	AdditionalEmails   []string       `json:"additionalEmails"`
	AdditionalPhones   []string       `json:"additionalPhones"`
	ValidEmail         *bool          `json:"validEmail"`
	DateOfBirth        *string        `json:"dateOfBirth"`
	DateAdded          Stamp          `json:"dateAdded"`
	DateUpdated        Stamp          `json:"dateUpdated"`
	CustomFields       []fieldValue   `json:"customFields"`
	SearchAfter        []any          `json:"searchAfter"`
}

func rowOf(c *Contact, names bool, after []any) searchRow {
	row := searchRow{
		ID: c.ID, LocationID: c.LocationID,
		FirstNameLowerCase: orNil(strings.ToLower(c.FirstName)), LastNameLowerCase: orNil(strings.ToLower(c.LastName)),
		ContactName: orNil(strings.ToLower(c.Name())), Email: orNil(c.Email), Phone: orNil(c.Phone),
		CompanyName: orNil(c.CompanyName), Address: orNil(c.Address1), City: orNil(c.City), State: orNil(c.State),
		Country: orNil(c.Country), PostalCode: orNil(c.PostalCode), Website: orNil(c.Website), Source: orNil(c.Source),
		Type: orNil(c.Type), DND: c.DND, DNDSettings: c.DNDSettings, Tags: c.Tags, Followers: c.Followers,
		AssignedTo: orNil(c.AssignedTo), AdditionalEmails: []string{}, AdditionalPhones: c.AdditionalPhones,
		DateOfBirth: orNil(c.DateOfBirth), DateAdded: c.DateAdded, DateUpdated: c.DateUpdated,
		CustomFields: c.CustomFields, SearchAfter: after,
	}
	if names {
		row.FirstName, row.LastName = orNil(c.FirstName), orNil(c.LastName)
	}
	if row.DNDSettings == nil {
		row.DNDSettings = map[string]any{}
	}
	for _, extra := range c.AdditionalEmails {
		row.AdditionalEmails = append(row.AdditionalEmails, extra.Email)
	}
	return row
}

func orNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
