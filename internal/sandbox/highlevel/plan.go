package highlevel

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// plan is an operation that is described by data: what its address and its body must have, and what is done then. Names of
// records in either have to be of records that exist.
type plan struct {
	method, path, scope string
	query, body         dto
	do                  act
}

// act is what an operation does once its request is right. The lock is held.
type act func(*CRM, *call) (int, any, *apiError)

// The plans by what they are about; their routes stand beside those of routes.go.
func plans() []plan {
	return slices.Concat(calendarPlans, appointmentPlans, dealPlans, conversationPlans, messagePlans, contactPlans, objectPlans, otherPlans, checkedPlans)
}

func (p plan) route() route { return route{p.method, p.path, p.scope, locationOnly, p.serve} }

func (p plan) serve(c *CRM, q *call) (int, any, *apiError) {
	if err := p.check(c, q); err != nil {
		return 0, nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.known(q, p.path); err != nil {
		return 0, nil, err
	}
	if strings.HasSuffix(p.scope, ".write") {
		c.ignore(q.body, p.needs()...)
	}
	status, answer, err := p.do(c, q)
	if err == nil && p.method == post && status == http.StatusCreated {
		return c.created(status, answer)
	}
	return status, answer, err
}

// needs are what the body cannot do without.
func (p plan) needs() (names []string) {
	for name, rule := range p.body {
		if rule.required {
			names = append(names, name)
		}
	}
	return names
}

// check holds a request against the plan, and its location against the token.
func (p plan) check(c *CRM, q *call) *apiError {
	given := q.URL.Query()
	if err := p.query.validate(addressed(given, p.query)); err != nil {
		return err
	}
	if err := p.body.validate(q.body); err != nil {
		return err
	}
	inBody, _ := q.body["locationId"].(string)
	for _, id := range []string{given.Get("locationId"), given.Get("location_id"), inBody} {
		if id != "" {
			if err := c.inLocation(q.token, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// addressed is a query as rules read it: a list where one is wanted, else its first value.
func addressed(given map[string][]string, rules dto) map[string]any {
	out := map[string]any{}
	for name, values := range given {
		out[name] = values[0]
		if rules[name].list {
			list := make([]any, len(values))
			for i, v := range values {
				list[i] = v
			}
			out[name] = list
		}
	}
	return out
}

// named are the names under which requests name records, by the kind that they are of.
var named = map[string]string{
	"calendarId": "calendars", "groupId": "groups", "appointmentId": "appointments", "pipelineId": "pipelines", "lostReasonId": "lostReasons",
	"conversationId": "conversations", "messageId": "messages", "workflowId": "workflows", "campaignId": "campaigns", "associationId": "associations",
}

// known looks for the records that a request names in its path and in its body.
func (c *CRM) known(q *call, path string) *apiError {
	names := maps.Clone(q.body)
	for part := range strings.SplitSeq(path, "/") {
		if name, is := strings.CutPrefix(part, "{"); is {
			name = strings.TrimSuffix(name, "}")
			names[name] = q.PathValue(name)
		}
	}
	return c.exist(names)
}

// exist looks for the records that values name.
func (c *CRM) exist(names map[string]any) *apiError {
	for _, name := range slices.Sorted(maps.Keys(names)) {
		id, _ := names[name].(string)
		switch kind := named[name]; {
		case id == "":
		case name == "contactId" && c.contacts[id] == nil:
			return contactGone(id)
		case kind != "":
			if _, err := c.one(kind, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// Rules of what stands in an address, where all is text.
var (
	digits = kind("must be a number conforming to the specified constraints", func(v any) bool {
		s, _ := v.(string)
		_, err := strconv.ParseFloat(s, 64)
		return err == nil
	})
	yesNo   = oneOf("true", "false")
	several = rule{check: texts.check, list: true}
	here    = dto{"locationId": must(text)}
)

// numbered is a number of the address between two bounds.
func numbered(q *call, name string, fallback, low, high int) (int, *apiError) {
	n, err := queryNumber(q.URL.Query().Get(name), fallback, name)
	if err == nil && (n < low || n > high) {
		err = invalid(name + " must be between " + strconv.Itoa(low) + " and " + strconv.Itoa(high))
	}
	return n, err
}

// The acts that most kinds of records share. An empty key answers a record bare.

func listAll(kind, key string) act {
	return func(c *CRM, _ *call) (int, any, *apiError) {
		return http.StatusOK, map[string]any{key: c.showAll(kind, c.kept[kind])}, nil
	}
}

func readOne(kind, param, key string) act {
	return func(c *CRM, q *call) (int, any, *apiError) {
		r, err := c.one(kind, q.PathValue(param))
		return c.reply(http.StatusOK, kind, key, r, err)
	}
}

func makeOne(kind string, status int, key string) act {
	return func(c *CRM, q *call) (int, any, *apiError) {
		return c.reply(status, kind, key, c.keep(kind, written(q)), nil)
	}
}

func changeOne(kind, param string, status int, key string) act {
	return func(c *CRM, q *call) (int, any, *apiError) {
		r, err := c.one(kind, q.PathValue(param))
		if err == nil {
			r = c.alter(kind, r, written(q))
		}
		return c.reply(status, kind, key, r, err)
	}
}

func dropOne(kind, param string, status int, answer string) act {
	return func(c *CRM, q *call) (int, any, *apiError) {
		r, err := c.one(kind, q.PathValue(param))
		if err != nil {
			return 0, nil, err
		}
		c.drop(kind, r)
		return status, map[string]any{answer: true, "id": r.ID}, nil
	}
}

// written are the fields of a body; the location is known without.
func written(q *call) map[string]any {
	fields := maps.Clone(q.body)
	delete(fields, "locationId")
	return fields
}

func (c *CRM) reply(status int, kind, key string, r *record, err *apiError) (int, any, *apiError) {
	if err != nil {
		return 0, nil, err
	}
	shown := families[kind].show(c, r)
	if key == "" {
		return status, shown, nil
	}
	return status, map[string]any{key: shown, "traceId": c.ids.UUID()}, nil
}
