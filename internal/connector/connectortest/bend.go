package connectortest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"couplet/internal/connector"
)

// Bend is a transport that spoils one request when told to.
type Bend struct {
	Under http.RoundTripper

	path string
	take *connector.Take
}

// nobody is an id that no record has, and that each system can read.
const nobody = "987654321"

// Next has the next request lack a value, or name a record that is not there where the value is in its path.
func (b *Bend) Next(path string, take connector.Take) { b.path, b.take = path, &take }

// RoundTrip implements http.RoundTripper.
func (b *Bend) RoundTrip(req *http.Request) (*http.Response, error) {
	if b.take == nil {
		return b.Under.RoundTrip(req)
	}
	take := *b.take
	b.take = nil
	req = req.Clone(req.Context())
	switch take.In {
	case "path":
		req.URL.RawPath = ""
		from, words := strings.Split(b.path, "/"), strings.Split(req.URL.EscapedPath(), "/")
		for i := range from {
			if at := len(words) - len(from) + i; from[i] == "{"+take.Name+"}" {
				words[at] = nobody
			}
		}
		req.URL.Path = strings.Join(words, "/")
	case "query":
		q := req.URL.Query()
		q.Del(take.Name)
		req.URL.RawQuery = q.Encode()
	default:
		body := map[string]any{}
		raw, err := io.ReadAll(req.Body)
		if err == nil {
			err = json.Unmarshal(raw, &body)
		}
		if err != nil {
			return nil, err
		}
		delete(body, take.Name)
		raw, err = json.Marshal(body)
		if err != nil {
			return nil, err
		}
		req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
	}
	return b.Under.RoundTrip(req)
}
