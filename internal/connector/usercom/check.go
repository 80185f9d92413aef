package usercom

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"couplet/internal/connector"
)

// Check tries the key. There is no "who am I" (section 1), so it reads the tags, and if write is true it gives one of
// them its own name again. Without any tag it changes nothing of a person that does not exist: "not found" then proves
// that the key may write, because permission is looked at first.
func (c *Connector) Check(ctx context.Context, write bool) (connector.Identity, error) {
	key, err := c.token(ctx)
	if err == nil && !c.issued {
		err = spec.CheckKey(key)
	}
	if err != nil {
		return connector.Identity{}, err
	}
	tag, err := c.anyTag(ctx)
	if err == nil && write {
		err = c.mayWrite(ctx, tag)
	}
	if err != nil {
		return connector.Identity{}, c.first(err)
	}
	return connector.Identity{ID: c.workspace, Name: c.workspace}, nil
}

// tag is what a key is tried on.
type tag struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// anyTag returns a tag of the workspace, and none when it has none.
func (c *Connector) anyTag(ctx context.Context) (tag, error) {
	var out envelope[tag]
	_, err := c.client.Do(ctx, connector.Request{Method: http.MethodGet, Path: "/tags/", Out: &out})
	if err != nil || len(out.Results) == 0 {
		return tag{}, err
	}
	return out.Results[0], nil
}

// mayWrite is nil when the key may write.
func (c *Connector) mayWrite(ctx context.Context, t tag) error {
	call := connector.Request{Method: http.MethodPut, Path: personPath("0"), Pattern: personPattern, Body: map[string]string{}, Write: true}
	if t.ID != 0 {
		call.Path, call.Body = "/tags/"+strconv.FormatInt(t.ID, 10)+"/", map[string]string{"name": t.Name}
	}
	_, err := c.client.Do(ctx, call)
	if kind := connector.KindOf(err); kind == connector.NotFound || kind == connector.Invalid {
		return nil
	}
	return err
}

// Probe finds out what the API Shield of the key lets through (section 1).
func (c *Connector) Probe(ctx context.Context) ([]string, error) {
	var has []string
	t, err := c.anyTag(ctx)
	for _, scope := range []string{scopeRead, scopeWrite} {
		switch {
		case err == nil:
			has = append(has, scope)
		case connector.KindOf(err) != connector.Forbidden:
			return nil, c.first(err)
		}
		if scope == scopeRead {
			err = c.mayWrite(ctx, t)
		}
	}
	return has, nil
}

// The two things that a key may be allowed.
const (
	scopeRead  = "read"
	scopeWrite = "write"
)

// first turns errors of a first try into what they mean then: an address at which nothing, or something else, answers
// is a wrong one.
func (c *Connector) first(err error) error {
	e, ok := connector.AsError(err)
	switch {
	case !ok:
		return err
	case errors.Is(e, connector.ErrUnreachable):
		e.Kind = connector.Config
	case e.Kind == connector.Temporary && e.Status == http.StatusOK:
		return c.nowhere(e)
	}
	return c.explain(err)
}

// explain turns "not found" for what every workspace has into what it means.
func (c *Connector) explain(err error) error {
	if e, ok := connector.AsError(err); ok && e.Kind == connector.NotFound {
		return c.nowhere(e)
	}
	return err
}

func (c *Connector) nowhere(e *connector.Error) error {
	e.Kind = connector.Config
	e.Message = "There is no " + spec.Name + " workspace at " + c.client.Host() + ". Check the subdomain."
	return e
}
