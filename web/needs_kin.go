package web

import (
	"context"
	"slices"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/templates"
)

// kinShown is how much of what hangs on a record is named.
const kinShown = 3

// hanging is what is known to hang on records of a side that may be deleted. No system is asked: right before a delete it is.
func (n *needsOf) hanging(ctx context.Context, side engine.Side, ids []string) (k templates.NeedKin, err error) {
	conn := n.view.pair.Conns[side]
	pairs, err := n.s.o.Store.Pairs(ctx, n.ws)
	if err != nil {
		return k, err
	}
	on := map[string]bool{}
	for i := range n.view.specs(n.view.conns[conn].System).Objects {
		o := &n.view.specs(n.view.conns[conn].System).Objects[i]
		if o.Parent != n.view.pair.Object {
			continue
		}
		k.Kinds = append(k.Kinds, o.Many)
		if !slices.ContainsFunc(pairs, func(p engine.Pair) bool {
			return p.Object == o.Name && slices.Contains(p.Conns[:], conn) && !p.Seeded.IsZero()
		}) {
			k.Unread = append(k.Unread, o.Many)
			continue
		}
		var all []string
		for part := range slices.Chunk(ids, batch) {
			found, err := n.s.o.Store.ChildrenOf(ctx, n.ws, conn, o.Name, part)
			if err != nil {
				return k, err
			}
			for _, id := range part {
				on[id] = on[id] || len(found[id]) > 0
				all = append(all, found[id]...)
			}
		}
		if len(all) > 0 {
			k.Known = append(k.Known, templates.Count(len(all), o.One, o.Many))
		}
		k.N += len(all)
		if err := n.nameKin(ctx, &k, conn, o, all); err != nil {
			return k, err
		}
	}
	for _, some := range on {
		if some {
			k.On++
		}
	}
	return k, nil
}

// nameKin names the first of what hangs.
func (n *needsOf) nameKin(ctx context.Context, k *templates.NeedKin, conn string, o *connector.Object, ids []string) error {
	ids = ids[:min(len(ids), kinShown-len(k.Names))]
	found, err := n.s.o.Store.Mirrors(ctx, n.ws, conn, o.Name, ids)
	for _, id := range ids {
		if name, _ := titleOf(o, found[id].Fields); name != "" {
			k.Names = append(k.Names, name)
		}
	}
	return err
}
