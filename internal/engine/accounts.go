package engine

import (
	"context"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// accounts is what a map has to know of both accounts beside their fields: their time zone, and who of one staff is who of
// the other. Neither is asked for unless a row needs it.
func accounts(ctx context.Context, conn [2]connector.Connector, rows []mapping.Row, fields [2][]connector.Field, ask func(Side, func() error) error) (zone string, owners *mapping.Owners, err error) {
	wantOwners, wantZone := mapping.Asks(rows, fields[A], fields[B])
	if wantZone {
		var zones [2]string
		for _, side := range []Side{A, B} {
			c, ok := conn[side].(connector.Checker)
			if !ok {
				continue
			}
			if err := ask(side, func() error {
				who, err := c.Check(ctx, false)
				zones[side] = who.Zone
				return err
			}); err != nil {
				return "", nil, err
			}
		}
		if zone = zones[A]; zone == "" {
			zone = zones[B]
		}
	}
	if wantOwners {
		owners, err = staff(ctx, conn, ask)
	}
	if err != nil {
		return "", nil, err
	}
	return zone, owners, nil
}

// staff asks both accounts who works there.
func staff(ctx context.Context, conn [2]connector.Connector, ask func(Side, func() error) error) (*mapping.Owners, error) {
	var staff [2][]connector.Owner
	var unknown [2]string
	for _, side := range []Side{A, B} {
		c, ok := conn[side].(connector.Staff)
		if !ok {
			unknown[side] = "it does not say who works there"
			continue
		}
		if err := ask(side, func() error {
			list, err := c.Owners(ctx)
			switch connector.KindOf(err) {
			case connector.Forbidden, connector.Config, connector.NotFound, connector.Invalid:
				unknown[side] = err.Error() // the rest of the map works without
				return nil
			}
			staff[side] = list
			return err
		}); err != nil {
			return nil, err
		}
	}
	owners := mapping.PairOwners(staff[A], staff[B])
	owners.Unknown = unknown
	return owners, nil
}

// accounts asks both sides patiently.
func (s *session) accounts(ctx context.Context) (zone string, owners *mapping.Owners, err error) {
	return accounts(ctx, s.conn, s.flow.Map, s.fields, func(side Side, call func() error) error { return s.patiently(ctx, side, call) })
}
