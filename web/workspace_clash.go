package web

import (
	"cmp"
	"strings"

	"github.com/labstack/echo/v4"

	"couplet/templates"
)

// typedOver puts what somebody typed into the form that they sent, and says what it said instead.
func typedOver(c echo.Context, p *templates.WorkspaceSettings) string {
	var was []string
	choose := func(label, name string, options []templates.MapOption) {
		for i := range options {
			o := &options[i]
			if o.Chosen {
				was = append(was, label+": "+o.Text)
			}
			o.Chosen = o.Value == c.FormValue(name)
		}
	}
	switch c.FormValue("do") {
	case "name":
		was = []string{p.Name.Value}
		p.Name.Value = typed(c, "name")
	case "zone":
		was = []string{cmp.Or(p.Zone.Value, "that of the accounts")}
		p.Zone.Value = typed(c, "zone")
	case "hosts":
		was = []string{cmp.Or(p.Hosts.Value, "none")}
		p.Hosts.Value = typed(c, "hosts")
	case "defaults":
		choose("phone numbers", "country", p.Country)
		choose("looks by itself", "every", p.Every)
		choose("deleted records", "delete", p.Deletes)
		watches := "no"
		if p.Watch {
			watches = "yes"
		}
		was = append(was, "only watches at first: "+watches)
		p.Watch = c.FormValue("watch") == "on"
	case "keeps":
		for i := range p.Keeps {
			f := &p.Keeps[i]
			was = append(was, f.Label+": "+f.Value+" days")
			f.Value = typed(c, f.Name)
		}
	}
	return strings.Join(was, "; ") + "."
}
