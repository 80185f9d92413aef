package engine

import (
	"context"
	"errors"
	"slices"

	"couplet/internal/connector"
)

// update sends changed fields. A field that the system refuses is taken out and the rest sent without it, so that one
// bad value never holds back the others (sync-semantics 5.6, outcome table).
func (s *session) update(ctx context.Context, m Mirror, side Side, set connector.Fields, w *result) (connector.Record, error) {
	echo, err := s.conn[side].Update(connector.WithAsk(ctx, s.ours), s.refOf(m), set)
	var ce *connector.Error
	if err == nil || !errors.As(err, &ce) || ce.Kind != connector.Invalid {
		return echo, err
	}
	bad := slices.DeleteFunc(slices.Clone(ce.Fields), func(f string) bool { _, sent := set[f]; return !sent })
	if len(bad) == 0 && len(set) > 1 {
		return s.updateAlone(ctx, m, side, set, w)
	}
	if len(bad) == 0 {
		for f := range set {
			bad = append(bad, f)
		}
	}
	rest := connector.Fields{}
	for _, name := range bad {
		if s.custom(side, name) {
			if err := s.recheck(ctx, side); err != nil {
				return connector.Record{}, err
			}
		}
	}
	for name, v := range set {
		if !s.believed(side, name) {
			continue
		}
		if !slices.Contains(bad, name) {
			rest[name] = v
			continue
		}
		w.refuse(name, ce.Message)
		s.caps.refused(ctx, side, name, ce.Message)
	}
	if len(rest) == 0 {
		return connector.Record{Ref: s.refOf(m), Version: m.Version, Fields: connector.Fields{}}, nil
	}
	return s.update(ctx, m, side, rest, w)
}

// updateAlone sends each field by itself, because the system did not say which one it refused.
func (s *session) updateAlone(ctx context.Context, m Mirror, side Side, set connector.Fields, w *result) (connector.Record, error) {
	all := connector.Record{Ref: s.refOf(m), Version: m.Version, Fields: connector.Fields{}}
	names := make([]string, 0, len(set))
	for name := range set {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		echo, err := s.update(ctx, m, side, connector.Fields{name: set[name]}, w)
		if err != nil {
			return all, err
		}
		all.Version = echo.Version
		for k, v := range echo.Fields {
			all.Fields[k] = v
		}
	}
	return all, nil
}

func (w *result) refuse(field, why string) {
	if w.refused == nil {
		w.refused = map[string]string{}
	}
	w.refused[field] = why
}
