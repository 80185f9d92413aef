package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"

	"couplet/internal/command"
	"couplet/internal/store"
)

// The API is for programs: JSON of package command, a token in place of a session, and problem JSON for whatever is refused. It
// takes no cookie, so no page of another site can use what a browser has. Its routes are the list in api_routes.go.

// apiPath is where the API begins. What is there now is never taken away or given another meaning; that would be a v2.
const apiPath = "/api/v1"

// tokenPrefix marks a token, so that whoever searches files for secrets that were left in them finds it.
const tokenPrefix = "cpl_"

// How much one token may ask for: so many requests per second, and so many at once after a pause.
const (
	tokenPerSecond = 5
	tokenAtOnce    = 100
)

// largestBody is how much of a request is read.
const largestBody = 1 << 20

// flowFile is a body that is a flow file, in YAML.
type flowFile []byte

// forPrograms reports whether an address is of the API, where nothing is answered with a page.
func forPrograms(c echo.Context) bool {
	path := c.Request().URL.Path
	return path == "/api" || strings.HasPrefix(path, "/api/")
}

// serveAPI makes a line of the list a handler.
func (s *Server) serveAPI(r apiRoute) echo.HandlerFunc {
	return func(c echo.Context) error {
		if r.who != anyone {
			if err := s.admitToken(c, r); err != nil {
				return err
			}
		}
		if key := c.Request().Header.Get(onceHeader); key != "" && r.method == http.MethodPost {
			return s.answerOnce(c, r, key)
		}
		a, err := s.answerOf(c, r)
		if err != nil {
			return err
		}
		return c.Blob(a.status, a.kind, a.body)
	}
}

// reply is what a program is answered.
type reply struct {
	status int
	kind   string
	body   []byte
}

// answerOf does what a request asks for.
func (s *Server) answerOf(c echo.Context, r apiRoute) (a reply, err error) {
	out, err := r.do(c, s.desk(c))
	if err != nil {
		return a, err
	}
	if a.status = r.status; a.status == 0 {
		a.status = http.StatusOK
	}
	switch text := out.(type) {
	case flowFile:
		a.kind, a.body = "application/yaml", text
	case guideText:
		a.kind, a.body = "text/markdown; charset=utf-8", text
	default:
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false) // as the command line writes it
		err = enc.Encode(out)
		a.kind, a.body = echo.MIMEApplicationJSON, b.Bytes()
	}
	return a, err
}

// admitToken finds whose token a request carries, and lets it go on when the token may.
func (s *Server) admitToken(c echo.Context, r apiRoute) error {
	ctx := c.Request().Context()
	t, err := s.tokenOf(c)
	if err != nil {
		return err
	}
	if wait := s.tokens.wait(t.ID, s.o.Now()); wait > 0 {
		return &Error{Status: http.StatusTooManyRequests, After: int((wait + time.Second - 1) / time.Second),
			Text: fmt.Sprintf("This token has asked more than %d times a second for a while, so this request was not carried out.", tokenPerSecond)}
	}
	if !may(t.Role, r.who) {
		return &Error{Status: http.StatusForbidden, Title: "This token may not do that", Text: "Its role is " + t.Role + ", and this takes the role " + string(r.who) + ", so nothing was done.",
			Fix: "Make a token with that role under Settings, or have somebody make one who has it."}
	}
	if s.o.Now().Sub(t.Used) >= touchEvery {
		if err := s.o.Store.TouchToken(ctx, t.Workspace, t.ID); err != nil {
			return err
		}
	}
	c.Set(visitorKey, &visitor{User: t.Maker, Workspace: store.Workspace{ID: t.Workspace}, Role: t.Role, token: t})
	return nil
}

// tokenOf finds the token of a request. None, one that nobody made and one that has ended are told from each other by nobody.
func (s *Server) tokenOf(c echo.Context) (store.Token, error) {
	scheme, secret, _ := strings.Cut(c.Request().Header.Get(echo.HeaderAuthorization), " ")
	secret = strings.TrimSpace(secret)
	if strings.EqualFold(scheme, "bearer") && strings.HasPrefix(secret, tokenPrefix) && len(secret) < 100 {
		t, found, err := s.o.Store.FindToken(c.Request().Context(), hashOf(secret))
		if err != nil || found {
			return t, err
		}
	}
	c.Response().Header().Set(echo.HeaderWWWAuthenticate, `Bearer realm="couplet"`)
	return store.Token{}, &Error{Status: http.StatusUnauthorized}
}

// desk is where whoever sent a request has things done.
func (s *Server) desk(c echo.Context) command.Desk {
	d := command.Desk{Store: s.o.Store, Connect: s.o.Connect, HookKey: s.o.HookKey}
	if s.o.PublicURL != nil {
		d.Public = s.public(c)
	}
	if v := visitorOf(c); v != nil {
		d.Workspace, d.By = v.Workspace.ID, asker(c)
	}
	return d
}

// tokenPaces keep the requests of each token to its pace. They are in memory: each process lets through as much.
type tokenPaces struct {
	mu sync.Mutex
	of map[string]*rate.Limiter
}

// wait is how long a token has to wait before its next request, 0 when it may go on.
func (p *tokenPaces) wait(token string, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	l, ok := p.of[token]
	if !ok {
		for id, old := range p.of { // those that rested long enough are like new
			if old.TokensAt(now) >= tokenAtOnce {
				delete(p.of, id)
			}
		}
		l = rate.NewLimiter(tokenPerSecond, tokenAtOnce)
		p.of[token] = l
	}
	r := l.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

// hasBody holds that a request says that its body is of a type. One without a body need say nothing.
func hasBody(c echo.Context, types ...string) ([]byte, error) {
	req := c.Request()
	data, err := io.ReadAll(http.MaxBytesReader(c.Response(), req.Body, largestBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, &Error{Status: http.StatusRequestEntityTooLarge, Err: err, Fix: "Send less at once."}
	case err != nil:
		return nil, &Error{Status: http.StatusBadRequest, Text: "The body of the request broke off.", Fix: "Send it again.", Err: err}
	case len(data) == 0:
		return nil, nil
	}
	is, _, err := mime.ParseMediaType(req.Header.Get(echo.HeaderContentType))
	for _, t := range types {
		if is == t && err == nil {
			return data, nil
		}
	}
	c.Response().Header().Set("Accept-Post", strings.Join(types, ", "))
	return nil, &Error{Status: http.StatusUnsupportedMediaType, Fix: "Send the header Content-Type: " + types[0] + "."}
}

// bodyOf reads the JSON body of a request. A word that it does not know is refused, never ignored.
func bodyOf[T any](c echo.Context) (v T, err error) {
	data, err := hasBody(c, echo.MIMEApplicationJSON)
	if err != nil || data == nil {
		return v, err
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err = dec.Decode(&v); err == nil {
		if _, more := dec.Token(); more != io.EOF {
			err = errors.New("there is more behind its end")
		}
	}
	if err != nil { // what the decoder says may quote a value, and the log must not
		return v, &Error{Status: http.StatusBadRequest, Title: "The body cannot be read", Text: "It is no JSON of the form that this takes, so nothing was done: " + strings.TrimPrefix(err.Error(), "json: ") + ".",
			Fix: "Compare it with " + apiPath + "/openapi.json."}
	}
	return v, nil
}

// meant is a refusal of something that cannot be meant.
func notMeant(text, fix string) error {
	return &Error{Status: http.StatusUnprocessableEntity, Title: "That cannot be meant", Text: text, Fix: fix}
}
