package engine

import (
	"context"
	"time"

	"couplet/internal/connector"
)

// What hangs on a record goes with it. What hung on it when a person said that it is to be deleted was theirs to see; a note that
// somebody adds after that moves no stamp of its contact, so the system is asked right before.

// kinPages is how many pages of a list are read to find what hangs on one record. In a system that lists all of them together there
// may be more; then nobody can tell.
const kinPages = 50

// newerOn says why a record that is to be deleted stays, "" when nothing hangs on it that is newer than the decision.
func (s *session) newerOn(ctx context.Context, side Side, m Mirror, since time.Time) (why string, err error) {
	unproven := "kin_unproven_" + side.String()
	for _, o := range s.conn[side].Spec().Objects {
		if o.Parent != s.flow.Object {
			continue
		}
		req := connector.ListRequest{Object: o.Name, Parent: m.ID}
		for n := 0; ; n++ {
			page, err := s.conn[side].List(ctx, req)
			switch kind := connector.KindOf(err); {
			case err == nil:
			case ctx.Err() != nil:
				return "", context.Cause(ctx)
			case kind == connector.Forbidden || kind == connector.Invalid || kind == connector.Config: // it may not be asked
				return unproven, nil
			case kind == connector.NotFound: // the record itself is, and is read next
				return "", nil
			default:
				return "", err
			}
			ids := make([]string, len(page.Records))
			for i, r := range page.Records {
				ids[i] = r.ID
			}
			known, err := s.e.Store.Mirrors(ctx, s.ws, s.flow.Connections[side], o.Name, ids)
			if err != nil {
				return "", err
			}
			for _, r := range page.Records {
				at := r.Created
				if at.IsZero() {
					at = known[r.ID].First
				}
				switch {
				case at.IsZero():
					return unproven, nil
				case !at.Before(since.Truncate(time.Second)): // some systems tell no more
					return "kin_since_" + side.String(), nil
				}
			}
			if page.Partial || page.Next != "" && n+1 == kinPages {
				return unproven, nil
			}
			if req.After = page.Next; page.Next == "" {
				break
			}
		}
	}
	return "", nil
}
