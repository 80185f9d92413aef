package highlevel

import (
	"net/http"

	"couplet/internal/sandbox/kit"
)

// Location is the sub-account (section 7.6).
type Location struct {
	ID         string           `json:"id"`
	CompanyID  string           `json:"companyId"`
	Name       string           `json:"name"`
	Address    string           `json:"address"`
	City       string           `json:"city"`
	State      string           `json:"state"`
	Country    string           `json:"country"` // phones without + are read in it
	PostalCode string           `json:"postalCode"`
	Website    string           `json:"website"`
	Timezone   string           `json:"timezone"`
	FirstName  string           `json:"firstName"`
	LastName   string           `json:"lastName"`
	Email      string           `json:"email"`
	Phone      string           `json:"phone"`
	Settings   LocationSettings `json:"settings"`
}

// LocationSettings are the settings that the API shows.
type LocationSettings struct {
	AllowDuplicateContact     bool `json:"allowDuplicateContact"`
	AllowDuplicateOpportunity bool `json:"allowDuplicateOpportunity"`
	AllowFacebookNameMerge    bool `json:"allowFacebookNameMerge"`
	DisableContactTimezone    bool `json:"disableContactTimezone"`
}

// otherLocations are the company's further ones: accounts of their own, in other
// countries and time zones.
var otherLocations = []Location{
	{
		Name: "Lisbon Studio", Address: "12 Rua Augusta", City: "Lisbon", State: "Lisboa", Country: "PT", PostalCode: "1100-053",
		Website: "https://lisbon.example.com", Timezone: "Europe/Lisbon",
		FirstName: "Luís", LastName: "Lopes", Email: "luis.lopes@example.com", Phone: "+351212345678",
	},
	{
		Name: "Sydney Harbour Clinic", Address: "8 Bridge Street", City: "Sydney", State: "NSW", Country: "AU", PostalCode: "2000",
		Website: "https://sydney.example.com", Timezone: "Australia/Sydney",
		FirstName: "Sienna", LastName: "Stone", Email: "sienna.stone@example.com", Phone: "+61291234567",
	},
}

// companyName and planID are the agency's, as INSTALL and OAuth answers tell them.
const (
	companyName = "Sandbox Agency"
	planID      = "66a0419a0dffa47fb5f8b22f"
)

func newLocation(ids *kit.IDs, unique bool) Location {
	return Location{
		ID: ids.AlphaNum(20), CompanyID: ids.AlphaNum(20), Name: "Sandbox Location",
		Address: "4 Fleet Street", City: "New York", State: "NY", Country: "US", PostalCode: "10001",
		Website: "https://www.example.com", Timezone: "America/New_York",
		FirstName: "Olivia", LastName: "Owner", Email: "olivia.owner@example.com", Phone: "+12015550100",
		Settings: LocationSettings{AllowDuplicateContact: !unique},
	}
}

func (c *CRM) getLocation(*call) (int, any, *apiError) {
	return http.StatusOK, map[string]any{"location": c.location, "traceId": c.ids.UUID()}, nil
}
