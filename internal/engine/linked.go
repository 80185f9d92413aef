package engine

import (
	"context"
	"fmt"
	"time"

	"couplet/internal/mapping"
)

// What a record belongs to, such as the company of a contact, goes over as the partner of that, which the flow that keeps those
// in step between the same two accounts has found. A record whose company has no partner yet waits for it with that one field.

// partners learns by object which records are which, for the rows that are about what a record belongs to, and when the newest
// of them were joined.
func partners(ctx context.Context, st Store, ws string, conns [2]string, objects []string) (all map[string]*mapping.Partners, newest time.Time, err error) {
	all = map[string]*mapping.Partners{}
	for _, object := range objects {
		pair, found, err := st.PairBetween(ctx, ws, conns, object)
		if err != nil {
			return nil, newest, err
		}
		if !found || pair.Seeded.IsZero() {
			all[object] = mapping.PairRecords(nil)
			all[object].Unknown = fmt.Sprintf("no flow has compared what each account has as %s yet; make one of template %s-sync between the same two connections and let it run", object, object)
			continue
		}
		linked, last, err := st.LinkedIDs(ctx, ws, pair.ID)
		if err != nil {
			return nil, newest, err
		}
		if pair.Conns[A] != conns[A] {
			for i, ids := range linked {
				linked[i] = [2]string{ids[B], ids[A]}
			}
		}
		if all[object] = mapping.PairRecords(linked); last.After(newest) {
			newest = last
		}
	}
	return all, newest, nil
}

// partners learns them for a run, and makes those due that waited for what has been linked since.
func (s *session) partners(ctx context.Context) (map[string]*mapping.Partners, error) {
	objects := mapping.Refers(s.flow.Map, s.fields[A], s.fields[B])
	if len(objects) == 0 {
		return nil, nil
	}
	s.partnersAt = s.e.Now()
	all, newest, err := partners(ctx, s.e.Store, s.ws, s.flow.Connections, objects)
	if err != nil {
		return nil, err
	}
	return all, s.e.Store.WakeUnknown(ctx, s.ws, s.lease, s.pair.ID, linkUnknown, newest, s.e.Now())
}
