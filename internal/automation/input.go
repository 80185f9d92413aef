package automation

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"couplet/internal/connector"
)

// Input is what an operation is given: the step's texts with their values. What is empty is left out.
func (s Scene) Input(st Step) (map[string]any, error) {
	in := map[string]any{}
	for _, name := range sorted(st.With) {
		v, err := s.Fill(st.With[name])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if !blank(v) {
			in[name] = v
		}
	}
	return in, nil
}

// Sent is a request as it leaves, without the key of the account.
type Sent struct {
	Method  string            `json:"method"`
	Address string            `json:"address"`
	Headers map[string]string `json:"headers,omitempty"`
	// Body is the JSON, or the text, "" for none.
	Body string `json:"body,omitempty"`
}

// told is the request that an operation would make, values that nobody knows before written in words.
func told(o *connector.Operation, system string, params map[string]string, in map[string]any) (*Sent, error) {
	op, known, guessed := *o, map[string]string{}, false
	op.Takes = append([]connector.Take(nil), o.Takes...)
	for i := range op.Takes {
		t := &op.Takes[i]
		if v, is := in[t.Name].(later); is {
			in[t.Name], guessed = string(v), true
			t.Type, t.As, t.Choices = "text", "", nil // what it is will be judged when it is there
		}
		if t.Account != "" {
			if known[t.Account] = params[t.Account]; params[t.Account] == "" {
				known[t.Account], guessed = "("+t.Account+" of the account)", true
			}
		}
	}
	for k, v := range in {
		if x, is := v.(later); is {
			in[k] = string(x)
		}
	}
	r, err := op.Request(system, known, in)
	if err != nil {
		return nil, err
	}
	out := &Sent{Method: r.Method, Address: r.Path, Headers: r.Headers}
	if q := r.Query.Encode(); q != "" {
		out.Address += "?" + q
	}
	if plain, err := url.QueryUnescape(out.Address); err == nil && guessed { // words in it are no address anyway
		out.Address = plain
	}
	if r.Body != nil {
		body, _ := json.MarshalIndent(r.Body, "", "  ") // it came from JSON or texts
		out.Body = string(body)
	}
	return out, nil
}

// Request is the request of a step that calls an address of a person's own. Values are written so that they stay values: they
// are escaped in the address and in a body of JSON.
func (s Scene) Request(st Step) (Sent, error) {
	out := Sent{Method: st.HTTP.Method, Headers: map[string]string{}}
	address, err := s.fill(st.HTTP.URL, url.PathEscape)
	if err != nil {
		return out, fmt.Errorf("the address: %w", err)
	}
	out.Address = said(address)
	for _, name := range sorted(st.HTTP.Headers) {
		v, err := s.fill(st.HTTP.Headers[name], oneLine)
		if err != nil {
			return out, fmt.Errorf("the header %s: %w", name, err)
		}
		out.Headers[name] = oneLine(said(v))
	}
	if st.HTTP.Body != "" {
		write := func(said string) string { return said }
		if b := strings.TrimSpace(st.HTTP.Body); strings.HasPrefix(b, "{") || strings.HasPrefix(b, "[") {
			write = insideJSON
		}
		body, err := s.fill(st.HTTP.Body, write)
		if err != nil {
			return out, fmt.Errorf("the body: %w", err)
		}
		out.Body = said(body)
	} else if st.HTTP.Method != "GET" {
		in, err := s.Input(st)
		if err != nil {
			return out, err
		}
		body, _ := json.Marshal(in)
		out.Body = string(body)
	}
	if out.Body != "" && out.Headers["Content-Type"] == "" {
		out.Headers["Content-Type"] = "application/json"
	}
	return out, nil
}

// oneLine keeps a value from ending a header.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// insideJSON writes a value for the inside of a text in JSON.
func insideJSON(s string) string {
	out, _ := json.Marshal(s) // a text always marshals
	return string(out[1 : len(out)-1])
}
