package connector

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	maxBody = 16 << 20
	// attempts is how often a call is started again that was turned away by the rate limit.
	attempts = 5
	// patience is how long one call may take, unless the HTTP client has a shorter limit of its own.
	patience = 60 * time.Second
)

// Client makes the calls of one account, driven by the system's [Spec]: address, headers, budget, error table. It
// repeats a call only when that is safe: when it was turned away by the rate limit, or for a key that has been renewed
// meanwhile. It is safe for concurrent use.
type Client struct {
	spec *Spec
	acc  Account
	http *http.Client
	base *url.URL
}

// NewClient checks the account's params and address and makes its client.
func NewClient(spec *Spec, acc Account) (*Client, error) {
	if acc.HTTP == nil || acc.Token == nil {
		return nil, &Error{Kind: Config, Message: spec.Name + " cannot be reached without an HTTP client and a key."}
	}
	base := spec.Base
	for _, param := range spec.Params {
		value := acc.Params[param.Name]
		if re, err := whole(param.Pattern); err != nil || !re.MatchString(value) {
			return nil, &Error{Kind: Config, Fields: []string{param.Name}, Message: "The " + param.Label + " of " + spec.Name +
				" is missing or not in the right form. It looks like " + param.Example + ". " + param.Help}
		}
		base = strings.ReplaceAll(base, "{"+param.Name+"}", value)
	}
	if acc.BaseURL != "" {
		base = strings.TrimRight(acc.BaseURL, "/")
	}
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, &Error{Kind: Config, Message: "The address of " + spec.Name + " is not a web address. It must begin with https://."}
	}
	c := &Client{spec: spec, acc: acc, base: u}
	own := *acc.HTTP
	// A redirect would carry the key elsewhere, and turns a write into a read.
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if own.Timeout == 0 || own.Timeout > patience {
		own.Timeout = patience
	}
	c.http = &own
	return c, nil
}

// Request is one call of an API.
type Request struct {
	Method string
	// Path follows the base address. Whatever comes from a record is already escaped in it.
	Path string
	// Route is the path as the log keeps it, needed where Path holds a person's data; "" = Path.
	Route string
	// Pattern is the path without ids, by which calls are counted; "" = Route or Path.
	Pattern string
	Query   url.Values
	// Headers are sent besides, and instead of, those of the spec.
	Headers map[string]string
	// RawQuery is used instead of Query when the system has given it.
	RawQuery string
	// Body is sent as JSON, Out takes the JSON of the answer; both may be nil. Form is sent instead of Body.
	Body, Out any
	Form      url.Values
	// Write: the call changes something, so a lost answer leaves its outcome unknown. Create: it makes a record, so
	// even a refusal does not prove that none was made (sync-semantics 5.6).
	Write, Create bool
	// Scope is the permission that the call needs, for the error that says it is missing.
	Scope string
}

// Answer is what a call gave besides its body.
type Answer struct {
	Status int
	Header http.Header
	// At is the system's clock, zero when it did not say.
	At time.Time
}

// Origin reports whether an address that the system has given belongs to the account's own host and path.
func (c *Client) Origin(u *url.URL) bool {
	return strings.EqualFold(u.Host, c.base.Host) && strings.HasPrefix(u.Path, c.base.Path)
}

// Host is the host that the account is reached at.
func (c *Client) Host() string { return c.base.Host }

// Do makes one call. Its error is always an *Error.
func (c *Client) Do(ctx context.Context, call Request) (Answer, error) {
	var body []byte
	if call.Form != nil {
		body = []byte(call.Form.Encode())
	} else if call.Body != nil {
		var err error
		if body, err = json.Marshal(call.Body); err != nil {
			return Answer{}, &Error{Kind: Invalid, Message: "A value cannot be sent to " + c.spec.Name + ".", Err: err}
		}
	}
	key, err := c.token(ctx)
	if err != nil {
		return Answer{}, err
	}
	renewed := false
	for turned := 0; ; {
		if c.acc.Budget != nil {
			if err := c.acc.Budget.Wait(ctx); err != nil {
				return Answer{}, c.stopped(err)
			}
		}
		if call.Write {
			if err := asked(ctx); err != nil {
				if c.acc.Budget != nil {
					c.acc.Budget.Done(0, nil)
				}
				return Answer{}, c.stopped(err)
			}
		}
		answer, failed := c.once(ctx, call, key, body)
		switch {
		case failed == nil:
			return answer, nil
		case failed.Kind == RateLimited && turned < attempts && c.acc.Budget != nil && !c.spentForToday(answer.Header):
			turned++
			continue
		case failed.Kind == Unauthorized && !renewed:
			renewed = true
			next, err := c.renew(ctx, key)
			if err == nil && next != key {
				key = next
				continue
			}
			if c.acc.Renew != nil && err != nil { // it says better than the refusal why there is no other key
				return answer, err
			}
		}
		if failed.Kind == Unauthorized && c.acc.Refused != nil {
			c.acc.Refused(key, failed)
		}
		return answer, failed
	}
}

// stopped is the error of a call that never left.
func (c *Client) stopped(why error) *Error {
	return &Error{Kind: Temporary, Message: "The call to " + c.spec.Name + " was stopped before it began.", Err: why}
}

// renew returns the key to use after one that was refused. Repeating the call with it is safe: a refusal did nothing.
func (c *Client) renew(ctx context.Context, refused string) (string, error) {
	if c.acc.Renew == nil {
		return c.token(ctx)
	}
	return c.clean(c.acc.Renew(ctx, refused))
}

func (c *Client) token(ctx context.Context) (string, error) {
	return c.clean(c.acc.Token(ctx))
}

func (c *Client) clean(key string, err error) (string, error) {
	if err != nil {
		if e, ok := AsError(err); ok {
			return "", e
		}
		return "", &Error{Kind: Temporary, Message: "The key of " + c.spec.Name + " could not be read.", Err: err}
	}
	key = strings.TrimSpace(key)
	if key == "" || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", &Error{Kind: Unauthorized, Message: "The key of " + c.spec.Name +
			" is empty or has characters in it that no key has. Copy it again and paste all of it."}
	}
	return key, nil
}

// once starts the call once, and reports it to the budget and to the observer.
func (c *Client) once(ctx context.Context, call Request, key string, body []byte) (Answer, *Error) {
	var start time.Time
	if c.acc.Now != nil {
		start = c.acc.Now()
	}
	answer, failed := c.send(ctx, call, key, body)
	if c.acc.Budget != nil {
		c.acc.Budget.Done(answer.Status, answer.Header)
	}
	ex := Exchange{Method: call.Method, Path: call.Route, Write: call.Write, Status: answer.Status}
	if ex.Path == "" {
		ex.Path = call.Path
	}
	if ex.Pattern = call.Pattern; ex.Pattern == "" {
		ex.Pattern = ex.Path
	}
	if c.acc.Now != nil {
		ex.Took = c.acc.Now().Sub(start)
	}
	if c.acc.Observe != nil {
		c.acc.Observe(ex)
	}
	Traced(ctx)(ex)
	return answer, failed
}

func (c *Client) send(ctx context.Context, call Request, key string, body []byte) (Answer, *Error) {
	req, err := c.request(ctx, call, key, body)
	if err != nil {
		return Answer{}, &Error{Kind: Config, Message: "The address of " + c.spec.Name + " cannot be called.", Err: inner(err)}
	}
	res, err := c.http.Do(req)
	if err != nil {
		return Answer{}, c.noAnswer(ctx, call, err)
	}
	defer res.Body.Close()
	answer := Answer{Status: res.StatusCode, Header: res.Header}
	answer.At, _ = http.ParseTime(res.Header.Get("Date"))
	buf := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buf)
	buf.Reset()
	n, err := buf.ReadFrom(io.LimitReader(res.Body, maxBody+1))
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return answer, c.refusal(call, answer, buf.Bytes())
	}
	if err != nil {
		return answer, c.noAnswer(ctx, call, err)
	}
	if n > maxBody {
		return answer, c.unreadable(call, answer, fmt.Errorf("more than %d bytes", maxBody))
	}
	if call.Out == nil {
		return answer, nil
	}
	if err := json.Unmarshal(buf.Bytes(), call.Out); err != nil {
		return answer, c.unreadable(call, answer, nil)
	}
	return answer, nil
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func (c *Client) request(ctx context.Context, call Request, key string, body []byte) (*http.Request, error) {
	target := c.base.Scheme + "://" + c.base.Host + c.base.EscapedPath() + call.Path
	if call.RawQuery != "" {
		target += "?" + call.RawQuery
	} else if len(call.Query) > 0 {
		target += "?" + call.Query.Encode()
	}
	var reader io.Reader
	if body != nil {
		reader = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, call.Method, target, reader)
	if err != nil {
		return nil, err
	}
	for name, value := range c.spec.Headers {
		req.Header.Set(name, value)
	}
	for name, value := range call.Headers {
		req.Header.Set(name, value)
	}
	if call.Form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	} else if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	scheme := c.spec.Auth.Scheme
	if c.acc.Scheme != "" {
		scheme = c.acc.Scheme
	}
	req.Header.Set(c.spec.Auth.Header, scheme+" "+key)
	return req, nil
}
