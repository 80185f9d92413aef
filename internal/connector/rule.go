package connector

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// ErrorRule is a row of a system's error table: which answers it is about, what the caller should do (Kind), and what
// a person is told (Say: what happened, why, what to do).
//
// Say may contain {system}, {host}, {status}, {scope} (the permission that the call needs), {fields}, and the names
// of the groups of Match. The vendor's own text is never shown as a whole, because it may repeat a person's data:
// only what a group of Match has caught gets through.
type ErrorRule struct {
	Status int `json:"status"`
	// Match is a regular expression on a message of the answer, "" = any. Upper and lower case are the same to it.
	// What its group "field" catches, in every message that matches, becomes Error.Fields.
	Match string `json:"match,omitempty"`
	// ByField limits the rule to answers that list messages by field name.
	ByField bool   `json:"by_field,omitempty"`
	Kind    Kind   `json:"kind"`
	Say     string `json:"say"`
	// Existing is the path, with dots, to the id of the record that is in the way.
	Existing string `json:"existing,omitempty"`

	re *regexp.Regexp
}

var kinds = []Kind{Temporary, RateLimited, Unauthorized, Forbidden, Invalid, Duplicate, NotFound, Unknown, Config}

var placeholder = regexp.MustCompile(`\{(\w+)\}`)

func (r *ErrorRule) compile() { r.re, _ = regexp.Compile("(?i)" + r.Match) }

func (r *ErrorRule) check(p *problems) {
	p.want(r.Status >= 400 && r.Status < 600, "status %d is no error", r.Status)
	p.want(slices.Contains(kinds, r.Kind), "kind %q is unknown", r.Kind)
	p.sentence("say", r.Say)
	p.want(r.Existing == "" || r.Kind == Duplicate, "existing without kind duplicate")
	if r.re == nil {
		p.want(false, "match does not compile")
		return
	}
	for _, m := range placeholder.FindAllStringSubmatch(r.Say, -1) {
		known := slices.Contains([]string{"system", "host", "status", "scope", "fields"}, m[1]) || r.re.SubexpIndex(m[1]) > 0
		p.want(known, "say names the unknown {%s}", m[1])
	}
}

// fits reports whether the rule is about this answer, with what its groups caught and the fields that are named.
func (r *ErrorRule) fits(status int, body *problem) (caught map[string]string, fields []string, ok bool) {
	if r.Status != status || r.ByField && len(body.byField) == 0 {
		return nil, nil, false
	}
	caught = map[string]string{}
	if r.Match == "" {
		return caught, body.fields(), true
	}
	for _, message := range body.messages {
		m := r.re.FindStringSubmatch(message)
		if m == nil {
			continue
		}
		for i, group := range r.re.SubexpNames() {
			switch {
			case group == "":
			case group == "field" && !slices.Contains(fields, m[i]):
				fields = append(fields, m[i])
			case caught[group] == "":
				caught[group] = m[i]
			}
		}
		ok = true
	}
	if fields == nil {
		fields = body.fields()
	}
	return caught, fields, ok
}

// explain finds the rule for an answer and makes the error that it stands for.
func (s *Spec) explain(status int, body *problem, host, asked string) *Error {
	for i := range s.Errors {
		rule := &s.Errors[i]
		caught, fields, ok := rule.fits(status, body)
		if !ok {
			continue
		}
		e := &Error{Kind: rule.Kind, Status: status, Fields: fields, Existing: body.at(rule.Existing)}
		scope := asked
		if scope == "" {
			scope = "for this call"
		}
		if strings.Contains(rule.Say, "{scope}") {
			e.Scope = asked
		}
		caught["system"], caught["host"], caught["scope"] = s.Name, host, scope
		caught["status"], caught["fields"] = strconv.Itoa(status), strings.Join(fields, ", ")
		if len(fields) == 0 {
			caught["fields"] = "a field"
		}
		e.Message = placeholder.ReplaceAllStringFunc(rule.Say, func(name string) string { return caught[strings.Trim(name, "{}")] })
		return e
	}
	kind, say := s.usual(status)
	return &Error{Kind: kind, Status: status, Message: say, Fields: body.fields()}
}

// usual is what an answer means that no rule is about.
func (s *Spec) usual(status int) (Kind, string) {
	code := strconv.Itoa(status)
	switch {
	case status == 401:
		return Unauthorized, s.Name + " does not accept the key (401). It may have been deleted or replaced. Connect the account again."
	case status == 403:
		return Forbidden, s.Name + " does not let this key do this (403). Check what the key is allowed to do, then try again."
	case status == 404 || status == 410:
		return NotFound, s.Name + " does not have this record (" + code + "). It may have been deleted or merged there."
	case status == 429:
		return RateLimited, s.Name + " asks us to slow down (429). Couplet waits and goes on by itself."
	case status == 408 || status == 425 || status >= 500:
		return Temporary, s.Name + " had a problem of its own (" + code + "). Couplet tries again later by itself."
	case status >= 400:
		return Invalid, s.Name + " refused the values (" + code + "). Look at the record, correct the value and try again."
	case status >= 300:
		return Config, s.Name + " sent us to another address (" + code + "), which is never followed. Check the address of the account."
	}
	return Temporary, s.Name + " gave an answer that makes no sense (" + code + ")."
}
