package engine_test

import (
	"context"
	"time"

	"couplet/internal/engine"
)

// tap stands before a store and is asked at each call, by the method's name. When it answers with an error the call does
// not happen: so a test looks at, holds up or ends a run at any moment at which something is stored or read.
type tap struct {
	engine.Store
	on func(method string) error
}

var _ engine.Store = (*tap)(nil)

func (p *tap) Acquire(ctx context.Context, ws, name, owner string, now, deadBefore time.Time) (r0 engine.Lease, r1 bool, err error) {
	if err := p.on("Acquire"); err != nil {
		return r0, r1, err
	}
	return p.Store.Acquire(ctx, ws, name, owner, now, deadBefore)
}

func (p *tap) TakeOver(ctx context.Context, ws string, dead engine.Lease, owner string, now time.Time) (r0 engine.Lease, r1 bool, err error) {
	if err := p.on("TakeOver"); err != nil {
		return r0, r1, err
	}
	return p.Store.TakeOver(ctx, ws, dead, owner, now)
}

func (p *tap) Beat(ctx context.Context, ws string, l engine.Lease, run string, done engine.Progress, now time.Time) (err error) {
	if err := p.on("Beat"); err != nil {
		return err
	}
	return p.Store.Beat(ctx, ws, l, run, done, now)
}

func (p *tap) Release(ctx context.Context, ws string, l engine.Lease) (err error) {
	if err := p.on("Release"); err != nil {
		return err
	}
	return p.Store.Release(ctx, ws, l)
}

func (p *tap) PairFor(ctx context.Context, ws string, conns [2]string, object string, newID string) (r0 engine.Pair, err error) {
	if err := p.on("PairFor"); err != nil {
		return r0, err
	}
	return p.Store.PairFor(ctx, ws, conns, object, newID)
}

func (p *tap) Seed(ctx context.Context, ws string, l engine.Lease, pair engine.Pair, now time.Time) (err error) {
	if err := p.on("Seed"); err != nil {
		return err
	}
	return p.Store.Seed(ctx, ws, l, pair, now)
}

func (p *tap) StartAfresh(ctx context.Context, ws string, l engine.Lease, pair string, a engine.Afresh) error {
	if err := p.on("StartAfresh"); err != nil {
		return err
	}
	return p.Store.StartAfresh(ctx, ws, l, pair, a)
}

func (p *tap) SettlePair(ctx context.Context, ws string, l engine.Lease, pair string, now time.Time) (err error) {
	if err := p.on("SettlePair"); err != nil {
		return err
	}
	return p.Store.SettlePair(ctx, ws, l, pair, now)
}

func (p *tap) Cursor(ctx context.Context, ws, conn, object string) (r0 engine.Cursor, err error) {
	if err := p.on("Cursor"); err != nil {
		return r0, err
	}
	return p.Store.Cursor(ctx, ws, conn, object)
}

func (p *tap) SavePage(ctx context.Context, ws string, l engine.Lease, cur engine.Cursor, gen int64, changed []engine.Mirror, seen []string, hints []engine.Hint) (err error) {
	if err := p.on("SavePage"); err != nil {
		return err
	}
	return p.Store.SavePage(ctx, ws, l, cur, gen, changed, seen, hints)
}

func (p *tap) Turnover(ctx context.Context, ws, conn, object string, gen int64) (shown, went int, err error) {
	if err := p.on("Turnover"); err != nil {
		return 0, 0, err
	}
	return p.Store.Turnover(ctx, ws, conn, object, gen)
}

func (p *tap) Absent(ctx context.Context, ws, conn, object string, gen int64, after string, limit int) (r0 []string, err error) {
	if err := p.on("Absent"); err != nil {
		return r0, err
	}
	return p.Store.Absent(ctx, ws, conn, object, gen, after, limit)
}

func (p *tap) Mirrors(ctx context.Context, ws, conn, object string, ids []string) (r0 map[string]engine.Mirror, err error) {
	if err := p.on("Mirrors"); err != nil {
		return r0, err
	}
	return p.Store.Mirrors(ctx, ws, conn, object, ids)
}

func (p *tap) Holders(ctx context.Context, ws, conn, object string, keys []engine.Key, max int) (r0 map[engine.Key][]string, err error) {
	if err := p.on("Holders"); err != nil {
		return r0, err
	}
	return p.Store.Holders(ctx, ws, conn, object, keys, max)
}

func (p *tap) Stamped(ctx context.Context, ws, conn, object, stamp string) (r0 []string, err error) {
	if err := p.on("Stamped"); err != nil {
		return r0, err
	}
	return p.Store.Stamped(ctx, ws, conn, object, stamp)
}

func (p *tap) Hints(ctx context.Context, ws, pair string, now time.Time, after engine.Place, limit int) (r0 []engine.Hint, err error) {
	if err := p.on("Hints"); err != nil {
		return r0, err
	}
	return p.Store.Hints(ctx, ws, pair, now, after, limit)
}

func (p *tap) Pending(ctx context.Context, ws, pair string, by time.Time) (r0 int, r1 time.Time, err error) {
	if err := p.on("Pending"); err != nil {
		return r0, r1, err
	}
	return p.Store.Pending(ctx, ws, pair, by)
}

func (p *tap) AddHints(ctx context.Context, ws, pair string, hints []engine.Hint) (err error) {
	if err := p.on("AddHints"); err != nil {
		return err
	}
	return p.Store.AddHints(ctx, ws, pair, hints)
}

func (p *tap) LinksOf(ctx context.Context, ws, pair string, side engine.Side, ids []string) (r0 map[string]engine.Link, err error) {
	if err := p.on("LinksOf"); err != nil {
		return r0, err
	}
	return p.Store.LinksOf(ctx, ws, pair, side, ids)
}

func (p *tap) CountLinks(ctx context.Context, ws, pair string) (r0 int, err error) {
	if err := p.on("CountLinks"); err != nil {
		return r0, err
	}
	return p.Store.CountLinks(ctx, ws, pair)
}

func (p *tap) Intents(ctx context.Context, ws, pair string, side engine.Side, sources []string) (r0 map[string]engine.Intent, err error) {
	if err := p.on("Intents"); err != nil {
		return r0, err
	}
	return p.Store.Intents(ctx, ws, pair, side, sources)
}

func (p *tap) ReviewsOf(ctx context.Context, ws, pair string, side engine.Side, ids []string) (r0 map[string]engine.Review, err error) {
	if err := p.on("ReviewsOf"); err != nil {
		return r0, err
	}
	return p.Store.ReviewsOf(ctx, ws, pair, side, ids)
}

func (p *tap) CountTouched(ctx context.Context, ws, run string) (r0 int, err error) {
	if err := p.on("CountTouched"); err != nil {
		return r0, err
	}
	return p.Store.CountTouched(ctx, ws, run)
}

func (p *tap) CountReviews(ctx context.Context, ws, pair string) (r0 int, err error) {
	if err := p.on("CountReviews"); err != nil {
		return r0, err
	}
	return p.Store.CountReviews(ctx, ws, pair)
}

func (p *tap) Buried(ctx context.Context, ws, pair string, side engine.Side, ids, keys []string, now time.Time) (r0 map[string]bool, err error) {
	if err := p.on("Buried"); err != nil {
		return r0, err
	}
	return p.Store.Buried(ctx, ws, pair, side, ids, keys, now)
}

func (p *tap) Capabilities(ctx context.Context, ws string, conns [2]string, object string) (r0 []engine.Capability, err error) {
	if err := p.on("Capabilities"); err != nil {
		return r0, err
	}
	return p.Store.Capabilities(ctx, ws, conns, object)
}

func (p *tap) SaveCapability(ctx context.Context, ws string, c engine.Capability) (err error) {
	if err := p.on("SaveCapability"); err != nil {
		return err
	}
	return p.Store.SaveCapability(ctx, ws, c)
}

func (p *tap) Begin(ctx context.Context, ws string, l engine.Lease, intents []engine.Intent) (err error) {
	if err := p.on("Begin"); err != nil {
		return err
	}
	return p.Store.Begin(ctx, ws, l, intents)
}

func (p *tap) Intend(ctx context.Context, ws string, l engine.Lease, run engine.Run, outcomes []engine.Commit) (err error) {
	if err := p.on("Intend"); err != nil {
		return err
	}
	return p.Store.Intend(ctx, ws, l, run, outcomes)
}

func (p *tap) Sendings(ctx context.Context, ws string, links []string) (r0 map[string]engine.Sending, err error) {
	if err := p.on("Sendings"); err != nil {
		return r0, err
	}
	return p.Store.Sendings(ctx, ws, links)
}

func (p *tap) Asks(ctx context.Context, ws string, links []string) (r0 map[string]map[string][2]any, err error) {
	if err := p.on("Asks"); err != nil {
		return r0, err
	}
	return p.Store.Asks(ctx, ws, links)
}

func (p *tap) Commit(ctx context.Context, ws string, l engine.Lease, run engine.Run, outcomes []engine.Commit) (err error) {
	if err := p.on("Commit"); err != nil {
		return err
	}
	return p.Store.Commit(ctx, ws, l, run, outcomes)
}

func (p *tap) StartRun(ctx context.Context, r engine.Run) (err error) {
	if err := p.on("StartRun"); err != nil {
		return err
	}
	return p.Store.StartRun(ctx, r)
}

func (p *tap) SaveRun(ctx context.Context, ws string, l engine.Lease, r engine.Run) (err error) {
	if err := p.on("SaveRun"); err != nil {
		return err
	}
	return p.Store.SaveRun(ctx, ws, l, r)
}

func (p *tap) NameFields(ctx context.Context, ws, run string, labels map[string][2]string) (err error) {
	if err := p.on("NameFields"); err != nil {
		return err
	}
	return p.Store.NameFields(ctx, ws, run, labels)
}

func (p *tap) DropPlans(ctx context.Context, ws string, run engine.Run) (err error) {
	if err := p.on("DropPlans"); err != nil {
		return err
	}
	return p.Store.DropPlans(ctx, ws, run)
}

func (p *tap) CountCalls(ctx context.Context, ws, run string, calls []engine.CallCount) (err error) {
	if err := p.on("CountCalls"); err != nil {
		return err
	}
	return p.Store.CountCalls(ctx, ws, run, calls)
}

func (p *tap) RunByID(ctx context.Context, ws, id string) (r0 engine.Run, err error) {
	if err := p.on("RunByID"); err != nil {
		return r0, err
	}
	return p.Store.RunByID(ctx, ws, id)
}

func (p *tap) Entries(ctx context.Context, ws, run, after string, limit int, result engine.Result) (r0 []engine.Entry, err error) {
	if err := p.on("Entries"); err != nil {
		return r0, err
	}
	return p.Store.Entries(ctx, ws, run, after, limit, result)
}

func (p *tap) ActiveRun(ctx context.Context, ws, flow string) (r0 engine.Run, r1 bool, err error) {
	if err := p.on("ActiveRun"); err != nil {
		return r0, r1, err
	}
	return p.Store.ActiveRun(ctx, ws, flow)
}

func (p *tap) KeptPlan(ctx context.Context, ws, run string) (r0 engine.Run, r1 int, r2 bool, err error) {
	if err := p.on("KeptPlan"); err != nil {
		return r0, r1, r2, err
	}
	return p.Store.KeptPlan(ctx, ws, run)
}

func (p *tap) PlanDone(ctx context.Context, ws string, l engine.Lease, run string) error {
	if err := p.on("PlanDone"); err != nil {
		return err
	}
	return p.Store.PlanDone(ctx, ws, l, run)
}

func (p *tap) Approved(ctx context.Context, ws, run string, ids [2][]string) (r0 []engine.Entry, err error) {
	if err := p.on("Approved"); err != nil {
		return r0, err
	}
	return p.Store.Approved(ctx, ws, run, ids)
}

func (p *tap) WakeHeld(ctx context.Context, ws string, l engine.Lease, pair string, now time.Time) error {
	if err := p.on("WakeHeld"); err != nil {
		return err
	}
	return p.Store.WakeHeld(ctx, ws, l, pair, now)
}
