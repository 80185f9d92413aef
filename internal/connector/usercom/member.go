package usercom

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"couplet/internal/connector"
)

// A person belongs to companies (6.1, 10). They are read from the person; a person is put into one by a call about the company.
// No call is known that takes anybody out.

// companiesField is the field of a person that says which companies it belongs to.
const companiesField = "companies"

// memberships are the ids of the companies of a person with commas between, the first joined in front.
func memberships(v any) any {
	list, _ := v.([]any)
	type one struct {
		id    string
		since int64
	}
	var all []one
	for _, item := range list {
		if row, ok := item.(map[string]any); ok && number(row["id"]) != "" {
			all = append(all, one{number(row["id"]), instant(row["member_since"]).UnixMicro()})
		}
	}
	slices.SortStableFunc(all, func(a, b one) int {
		return cmp.Or(cmp.Compare(a.since, b.since), cmp.Compare(len(a.id), len(b.id)), cmp.Compare(a.id, b.id))
	})
	ids := make([]string, len(all))
	for i, m := range all {
		ids[i] = m.id
	}
	if len(ids) == 0 {
		return nil
	}
	return strings.Join(ids, ",")
}

// join puts a person into companies. Who is in one already stays as it is. A company that is gone meanwhile says nothing about
// the person.
func (c *Connector) join(ctx context.Context, id string, companies any) error {
	user, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return &connector.Error{Kind: connector.Invalid, Message: "A person of " + spec.Name + " has a number, and this is none."}
	}
	if asText(companies) == "" {
		return &connector.Error{Kind: connector.Invalid, Fields: []string{companiesField}, Message: "No call of " + spec.Name +
			" is known that takes a person out of a company. Take it out there by hand, or let the flow keep what is there when the field is emptied on the other side."}
	}
	for company := range strings.SplitSeq(asText(companies), ",") {
		_, err := c.client.Do(ctx, connector.Request{Method: http.MethodPost, Path: companyPath(company) + "add_member/", Pattern: companyPattern + "add_member/",
			Body: map[string]any{"user_id": user}, Write: true})
		if e, ok := connector.AsError(err); ok && e.Kind == connector.NotFound {
			if _, gone := c.get(ctx, id); gone != nil {
				return gone
			}
			e.Kind, e.Message = connector.Temporary, spec.Name+" does not have the company any more that the person is to belong to, or takes nobody into companies. Couplet tries again later."
		}
		if err != nil {
			return err
		}
	}
	return nil
}
