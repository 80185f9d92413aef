package highlevel

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// maxByPage is how many results page numbers reach; further needs searchAfter (section 4.6).
const maxByPage = 10_000

var sortable = []string{"firstNameLowerCase", "lastNameLowerCase", "businessName", "dateAdded", "dateUpdated",
	"email", "dnd", "source"}

// query is a search body that has been understood.
type query struct {
	limit, skip int
	after       []any
	sorts       []sorting
	want        filter // nil: all
	wanted      string // want as it was asked for
}

type sorting struct {
	field string
	down  bool
}

var searchBody = dto{
	"locationId": must(text), "pageLimit": must(number), "page": number, "searchAfter": array,
	"filters": array, "sort": each(dto{"field": must(text), "direction": oneOf("asc", "desc")}), "query": text,
}

// searchContacts is POST /contacts/search (section 4.6).
func (c *CRM) searchContacts(q *call) (int, any, *apiError) {
	if err := searchBody.validate(q.body); err != nil {
		return 0, nil, err
	}
	if err := c.inLocation(q.token, q.body["locationId"].(string)); err != nil {
		return 0, nil, err
	}
	s, err := parseSearch(q.body)
	if err != nil {
		return 0, nil, err
	}
	c.mu.Lock()
	c.index.catchUp(c.now())
	found, total := c.index.find(s)
	for i := range found {
		found[i] = c.shown(found[i])
	}
	c.mu.Unlock()
	rows := make([]searchRow, len(found))
	for i, one := range found {
		rows[i] = rowOf(one, c.o.SearchNames, afterOf(one, s.sorts))
	}
	return http.StatusOK, map[string]any{"contacts": rows, "total": total, "traceId": c.ids.UUID()}, nil
}

func parseSearch(body map[string]any) (*query, *apiError) {
	s := &query{limit: int(body["pageLimit"].(float64))}
	if s.limit > 500 {
		return nil, invalid("pageLimit must not be greater than 500")
	}
	if s.limit < 1 {
		return nil, invalid("pageLimit must not be less than 1")
	}
	s.after, _ = body["searchAfter"].([]any)
	if page, given := body["page"].(float64); given {
		if s.after != nil {
			return nil, badRequest("page and searchAfter cannot be used together") // text [U]
		}
		s.skip = (int(page) - 1) * s.limit
		if s.skip < 0 {
			return nil, invalid("page must not be less than 1")
		}
		if s.skip+s.limit > maxByPage {
			return nil, badRequest("Only the first %d results can be fetched by page, use searchAfter", maxByPage) // text [U]
		}
	}
	list, _ := body["sort"].([]any)
	if len(list) > 2 {
		return nil, invalid("sort must contain no more than 2 elements")
	}
	for _, raw := range list {
		item := raw.(map[string]any)
		field := item["field"].(string)
		if !slices.Contains(sortable, field) {
			return nil, badRequest("Invalid field %s", field)
		}
		s.sorts = append(s.sorts, sorting{field, item["direction"] == "desc"})
	}
	if len(s.sorts) == 0 {
		s.sorts = []sorting{{"dateAdded", true}} // default order [U]
	}
	if filters, _ := body["filters"].([]any); len(filters) > 0 {
		want, err := compile(filters, "AND")
		if err != nil {
			return nil, err
		}
		s.want = want
	}
	if words, _ := body["query"].(string); words != "" {
		if len([]rune(words)) > 75 {
			return nil, invalid("query must be shorter than or equal to 75 characters")
		}
		words, want := strings.ToLower(words), s.want
		s.want = func(c *Contact) bool { return mentions(c, words) && (want == nil || want(c)) }
	}
	asked, _ := json.Marshal([]any{body["filters"], body["query"]})
	s.wanted = string(asked)
	if s.after != nil && len(s.after) != len(s.sorts)+1 {
		return nil, badRequest("Invalid searchAfter") // text [U]
	}
	return s, nil
}

// sortKey is a contact's value in one sorting: a number, a text, or nil.
func sortKey(c *Contact, field string) any {
	switch field {
	case "dateAdded":
		return float64(c.DateAdded)
	case "dateUpdated":
		return float64(c.DateUpdated)
	case "dnd":
		if c.DND {
			return 1.0
		}
		return 0.0
	}
	return searchFields[field].value(c)
}

// afterOf is a row's searchAfter: its sort keys and its id.
func afterOf(c *Contact, sorts []sorting) []any {
	out := make([]any, 0, len(sorts)+1)
	for _, s := range sorts {
		switch s.field {
		case "dateAdded":
			out = append(out, int64(c.DateAdded))
		case "dateUpdated":
			out = append(out, int64(c.DateUpdated))
		default:
			out = append(out, sortKey(c, s.field))
		}
	}
	return append(out, c.ID)
}
