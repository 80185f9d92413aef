package engine

import (
	"context"
	"slices"
	"time"
)

// job is one record's turn: what was known of it when it was taken from the inbox, and what is to be done.
type job struct {
	do   action
	side Side // of the hint
	hint Hint
	// also are hints of the partner that the same work answers.
	also []Hint
	m    [2]Mirror
	link Link
	// match explains a link, a create or a review.
	match  Match
	intent Intent
	// sending is an update of an earlier turn whose outcome nobody stored.
	sending *Sending
	asks    map[string][2]any // what each of its fields shows that waits for a person already
	until   time.Time         // of a wait
	wake    []Hint            // of others, whom a wait depends on
	// parentLink and parent are the link of the record's parents and the two of them, of a record that hangs on another.
	parentLink string
	parent     [2]string
	// lock is held by one job at a time, when two that look alike must not be worked at once.
	lock string
	// fading says that the record is gone with its parent, if it is; doubted, that nobody knows about its parent yet.
	fading, doubted bool
	// back says that a record that was gone is seen again: both are read before anything is decided.
	back bool
	// fate is what becomes of a job to vanish whose record of the side lost is gone; one to erase or spare has lost, too.
	fate fate
	lost Side
	// heirs are the record that the one that is gone was most likely merged into, and that one's partner, by side.
	heirs [2]string
	// reviewed says that the record waits for a person already.
	reviewed bool
	// lines are what a person approved of its records. beyond is the approved run that its write goes beyond, "" for none.
	lines  []Line
	beyond string
	line   *Line // of a job to hold: what would be written
	why    string
	decided
}

type action string

const (
	part      action = "part"      // end a link both of whose records are gone, or whose policy changed
	unjoin    action = "unjoin"    // end a link whose record is gone, and look for another partner
	sever     action = "sever"     // end a link of two records that share no key since an account is not what it was
	remake    action = "remake"    // make the record that is gone again
	vanish    action = "vanish"    // of foretelling: a record is gone, and its link ends as the fate says
	erase     action = "erase"     // delete the record that is left, as a person said
	spare     action = "spare"     // keep the record that is left, as a person said
	look      action = "look"      // read the record itself, then decide again
	reconcile action = "reconcile" // plan a linked pair
	join      action = "join"      // link two records, then plan them
	create    action = "create"    // make the partner; its absence is proven
	search    action = "search"    // ask the other side whether a partner exists, then create
	resolve   action = "resolve"   // find out whether an earlier create happened
	review    action = "review"    // leave it to a person
	wait      action = "wait"      // too early to tell
	hold      action = "hold"      // nobody approved what would be written: it waits for a person
	leave     action = "leave"     // a person said that it gets no partner
	withdrawn action = "withdrawn" // what a person decided does not fit any more
	drop      action = "drop"      // nothing to do
)

// decide takes a batch of hints and says what each needs, from what is stored alone. Hints of records that another job
// of this batch has in hand go with that job, or are left for the next round.
func (s *session) decide(ctx context.Context, hints []Hint) ([]job, error) {
	v, err := s.view(ctx, hints)
	if err != nil {
		return nil, err
	}
	taken := make(map[Place]int, 2*len(hints)) // the job, from 1
	jobs := make([]job, 0, len(hints))
	for _, h := range hints {
		if n := taken[Place{h.Side, h.ID}]; n > 0 {
			// The same look answers a hint of the partner, unless that one calls for a read of its own, or a person decided
			// about that one, too.
			decided := slices.ContainsFunc(v.order[h.Side][h.ID], func(o Order) bool { return o.Field == "" })
			if j := &jobs[n-1]; (j.do == reconcile || j.do == join) && !outside(h.Reason) && !decided {
				j.also = append(j.also, h)
			}
			continue
		}
		j := s.judge(v, h)
		jobs = append(jobs, j)
		for side := range j.m {
			if id := j.m[side].ID; id != "" {
				taken[Place{Side(side), id}] = len(jobs)
			}
		}
		taken[Place{h.Side, h.ID}] = len(jobs)
	}
	return jobs, s.approvedLines(ctx, v, jobs)
}

// judge decides about one hint.
func (s *session) judge(v *view, h Hint) job {
	j := job{side: h.Side, hint: h}
	m, known := v.mirror[h.Side][h.ID]
	j.m[h.Side] = m
	l, ok := v.link[h.Side][h.ID]
	if s.slow() && s.reunite(v, &j, l) {
		return j
	}
	if ok {
		j.link = l
		j.m[h.Side.Other()] = v.mirror[h.Side.Other()][l.IDs[h.Side.Other()]]
		if j.m[h.Side].ID == "" {
			j.m[h.Side].ID = h.ID
		}
		if l.State == OneGone {
			v.recordOrder(&j)
			return s.judgeGone(v, j)
		}
		j.do = reconcile
		j.asks = v.asks[l.ID]
		if x, open := v.sending[l.ID]; open {
			j.resume(x)
		}
		if s.kin != nil {
			j = s.bound(v, j)
			j.fading = v.kin.fading(j)
			j.doubted = !j.fading && v.kin.doubts(j)
		}
		s.fieldOrders(v, &j)
		return s.scoped(j)
	}
	v.recordOrder(&j)
	switch {
	case !known || len(m.Missing) > 0 && h.Reason != "seen" || s.unread(h, m):
		// What a look ("seen") did not show either, no further look will.
		j.do = look
		j.m[h.Side].ID = h.ID
		return j
	case !m.Gone.IsZero():
		j.do, j.ends, j.order = drop, j.lapse(), nil
		return j
	}
	if waits, over := s.answered(v, &j); over {
		return waits
	}
	if s.kin != nil {
		return s.scoped(s.pairChild(v, j))
	}
	return s.scoped(s.pairUp(v, j))
}

// pairUp decides about a record that has no partner.
func (s *session) pairUp(v *view, j job) job {
	other := j.side.Other()
	m := j.m[j.side]
	if v.grave[j.side][m.ID] {
		j.do, j.why = drop, "detached" // its partner was deleted; it was left alone on purpose
		return j
	}
	if source, ours := s.source(m.Stamp); ours && !s.outdated(j.side, m) {
		return s.stamped(v, j, source)
	}
	in, begun := v.intent[j.side][m.ID]
	j.intent = in
	if begun && in.State != Absent {
		return s.unsettled(j)
	}
	if v.buried(j.side, m) {
		j.do, j.match = review, giveUp(v.candidate(j.side, m.ID), "deleted_earlier")
		return j
	}
	j.match = s.partnerOf(v, j)
	switch j.match.Kind {
	case MatchLink:
		if s.alone(v, other, j.match.Partner) {
			j.do, j.match.Reason = review, "left_alone"
			return j
		}
		if r, open := v.review[other][j.match.Partner]; open && r.Alone == "" && !r.Held() {
			j.do, j.match.Reason = review, "linked_elsewhere"
			return j
		}
		if v.grave[other][j.match.Partner] { // left alone when its own partner was deleted
			j.do, j.match.Reason = review, "deleted_earlier"
			return j
		}
		if in, ok := v.intent[other][j.match.Partner]; ok && in.State != Absent { // its own create may have happened: first find that out
			return s.behind(j, in, v.mirror[other][j.match.Partner])
		}
		j.do, j.m[other] = join, v.mirror[other][j.match.Partner]
		return j
	case MatchReview:
		j.do = review
		return j
	}
	if !s.flow.Direction.To(other) {
		j.do, j.why = drop, "one_way"
		return j
	}
	return s.timed(j)
}

// timed decides when a create may be tried: only when its absence on the other side is proven (sync-semantics 5.8).
func (s *session) timed(j job) job {
	m := j.m[j.side]
	since := m.Created
	if !since.IsZero() { // the system says when, by its clock
		since = since.Add(s.ahead[j.side])
	}
	if since.IsZero() || m.Changed.After(m.First) {
		since = m.Changed
	}
	j.until = since.Add(s.e.Settle)
	switch {
	case !s.gens[j.side.Other()].Before(j.until):
		j.do = create
	case s.e.Now().Before(j.until):
		j.do, j.why = wait, "settle"
	default:
		j.do = search
	}
	return j
}

// stamped decides about a record that carries our own stamp and has no link: a create whose outcome we missed, or an
// orphan of one.
func (s *session) stamped(v *view, j job, source string) job {
	from, m := j.side.Other(), j.m[j.side]
	src, known := v.mirror[from][source]
	l, linked := v.link[from][source]
	if in, begun := v.intent[from][source]; linked && l.State == OneGone && begun && in.State != Absent {
		return s.behind(j, in, src) // made again, and the answer was lost
	}
	if !known || linked || !src.Gone.IsZero() {
		j.do, j.match = review, Match{Kind: MatchReview, Reason: "made_by_us", Candidates: []string{source}}
		return j
	}
	j.do, j.match, j.m[from] = join, Match{Kind: MatchLink, Partner: source, By: "stamp"}, src
	if in, ok := v.intent[from][source]; ok {
		j.intent = in
		j.link.Base = s.madeFrom(in, m.Fields)
	}
	return j
}

// view is what is stored about a batch of hints and about everything their keys lead to.
type view struct {
	mirror [2]map[string]Mirror
	link   [2]map[string]Link
	intent [2]map[string]Intent
	review [2]map[string]Review
	order  [2]map[string][]Order // by record; those about fields by the record of side a
	held   [2]map[Key][]string
	grave  [2]map[string]bool
	// sending is by link.
	sending map[string]Sending
	asks    map[string]map[string][2]any
	hash    func(Key) string
	kin     *kinView // of records that hang on others
}

// view loads a batch: the records themselves, their links and partners, what their keys lead to, and what those keys
// lead back to. Seven queries a side for any number of hints.
func (s *session) view(ctx context.Context, hints []Hint) (*view, error) {
	v := &view{hash: s.hash, sending: map[string]Sending{}, asks: map[string]map[string][2]any{}}
	var ids [2][]string
	for _, h := range hints {
		ids[h.Side] = append(ids[h.Side], h.ID)
	}
	for side := range ids {
		v.mirror[side], v.link[side] = map[string]Mirror{}, map[string]Link{}
		v.intent[side], v.review[side] = map[string]Intent{}, map[string]Review{}
		v.order[side] = map[string][]Order{}
		v.held[side], v.grave[side] = map[Key][]string{}, map[string]bool{}
	}
	if err := s.load(ctx, v, ids); err != nil {
		return nil, err
	}
	var next [2][]string
	if err := s.loadOrders(ctx, v, &next); err != nil {
		return nil, err
	}
	// Round two: what the keys and stamps of unlinked records lead to.
	for side := range ids {
		for _, id := range ids[side] {
			m := v.mirror[side][id]
			if l, linked := v.link[side][id]; linked && l.State != OneGone {
				continue
			}
			other := 1 - side
			if src, ours := s.source(m.Stamp); ours {
				next[other] = append(next[other], src)
			}
			for k, val := range m.Keys {
				next[other] = append(next[other], v.held[other][Key{k, val}]...)
			}
		}
	}
	for side := range next {
		slices.Sort(next[side])
		next[side] = slices.DeleteFunc(slices.Compact(next[side]), func(id string) bool { _, ok := v.mirror[side][id]; return ok })
	}
	if err := s.load(ctx, v, next); err != nil || s.kin == nil {
		return v, err
	}
	return v, s.viewKin(ctx, v, ids)
}

// load adds records, their links with partners, and the holders of their keys.
func (s *session) load(ctx context.Context, v *view, ids [2][]string) error {
	st, ws, obj := s.e.Store, s.ws, s.flow.Object
	var partners [2][]string
	var keys []Key
	var links []string
	for sd := range ids {
		if len(ids[sd]) == 0 {
			continue
		}
		side, conn := Side(sd), s.flow.Connections[sd]
		if err := into(v.mirror[sd])(st.Mirrors(ctx, ws, conn, obj, ids[sd])); err != nil {
			return err
		}
		if err := into(v.link[sd])(st.LinksOf(ctx, ws, s.pair.ID, side, ids[sd])); err != nil {
			return err
		}
		if err := s.partedLinks(ctx, v, side); err != nil {
			return err
		}
		for id, l := range v.link[sd] {
			l.Base = s.afresh(l.Base)
			v.link[sd][id] = l
		}
		var free []string
		var hashes []string
		for _, id := range ids[sd] {
			if l, ok := v.link[sd][id]; ok {
				links = append(links, l.ID)
				partners[1-sd] = append(partners[1-sd], l.IDs[1-sd])
				v.link[1-sd][l.IDs[1-sd]] = l // or it would pass for free when another record's keys lead to it
				if l.State != OneGone {
					continue
				}
			}
			free = append(free, id)
			for k, val := range v.mirror[sd][id].Keys {
				keys = append(keys, Key{k, val})
				hashes = append(hashes, s.hash(Key{k, val}))
			}
		}
		if len(free) == 0 {
			continue
		}
		if err := into(v.intent[sd])(st.Intents(ctx, ws, s.pair.ID, side, free)); err != nil {
			return err
		}
		if err := into(v.review[sd])(st.ReviewsOf(ctx, ws, s.pair.ID, side, free)); err != nil {
			return err
		}
		if err := into(v.grave[sd])(st.Buried(ctx, ws, s.pair.ID, side, free, hashes, s.e.Now())); err != nil {
			return err
		}
	}
	if err := s.loadHeld(ctx, v); err != nil {
		return err
	}
	if err := s.loadOpen(ctx, v, links); err != nil {
		return err
	}
	for sd := range partners {
		conn := s.flow.Connections[sd]
		if len(partners[sd]) > 0 {
			if err := into(v.mirror[sd])(st.Mirrors(ctx, ws, conn, obj, partners[sd])); err != nil {
				return err
			}
		}
		if len(keys) > 0 {
			if err := into(v.held[sd])(st.Holders(ctx, ws, conn, obj, keys, 3)); err != nil {
				return err
			}
			s.notVanished(v, Side(sd))
		}
	}
	return nil
}

func into[K comparable, V any](dst map[K]V) func(map[K]V, error) error {
	return func(src map[K]V, err error) error {
		for k, x := range src {
			dst[k] = x
		}
		return err
	}
}
