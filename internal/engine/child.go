package engine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// A child is a record that hangs on another: a task or a note of a contact (connector.Object.Parent). It is looked at only
// through its parent: where that has a partner, the child's partner hangs on it; where it has none yet, the child waits in
// the inbox, which is no review and nobody's business, until the parents are linked (sync-semantics 5.5, "Children").

// kin is what a session knows of the parents of its records, nil for records that hang on nothing.
type kin struct {
	// parents is the pair of the parents between the same two connections, and sides says which of its sides each of ours is.
	parents Pair
	sides   [2]Side
	// word is what the first system calls the parents.
	word string
	// lists says which side lists children only parent by parent.
	lists [2]bool
	// passed is when the last complete reading of each side began, of everything or of what changed: whatever was there
	// then is in the mirror.
	passed [2]time.Time
	// alike are the rules by which a record is recognised among its parent's others.
	alike []*mapping.Rule
	// all are those of everything that a child says.
	all []*mapping.Rule
}

// waitsForParent is the reason of a hint that waits until its record's parent is linked.
const waitsForParent = "parent"

// family finds out whether the records of this flow hang on others, and on whom. Without linked parents there is nothing
// that such a flow could do, and it says what to do first.
func (s *session) family(ctx context.Context) error {
	var parent string
	var objects [2]*connector.Object
	for side := range s.conn {
		objects[side], _ = s.conn[side].Spec().Object(s.flow.Object)
		parent = max(parent, objects[side].Parent)
	}
	some, all := likeness(s.rules, objects)
	if objects[A].Stamp.Label == "" || objects[B].Stamp.Label == "" {
		s.told = some
	}
	if parent == "" {
		return nil
	}
	s.told = some
	k := &kin{sides: [2]Side{A, B}, word: parent + "s"}
	if o, ok := s.conn[A].Spec().Object(parent); ok {
		k.word = o.Many
	}
	pair, found, err := s.e.Store.PairBetween(ctx, s.ws, s.flow.Connections, parent)
	if err != nil {
		return err
	}
	if !found || pair.Seeded.IsZero() {
		return &stopError{Halt: Halt{Why: HaltParents, Side: noSide}, Note: fmt.Sprintf("Flow %s keeps %s in step, and each goes where the partner of its %s is. "+
			"No %s of these two accounts have been compared yet. Create a flow for %s between the same two accounts, switch it on and let it run once; then run this one.",
			s.flow.Name, objects[A].Many, parent, k.word, k.word)}
	}
	k.parents = pair
	if pair.Conns[A] != s.flow.Connections[A] {
		k.sides = [2]Side{B, A}
	}
	for side := range objects {
		k.lists[side] = objects[side].PerParent
	}
	k.alike, k.all = some, all
	s.kin = k
	return nil
}

// likeness are the rules by which a child is recognised: those whose fields the systems name for that (Object.Alike), or
// all rules where none is. all are the rules of everything that it says.
func likeness(m *mapping.Map, objects [2]*connector.Object) (some, all []*mapping.Rule) {
	for i := range m.Rules {
		r := &m.Rules[i]
		if r.Kind != mapping.Single || r.Translated() {
			continue
		}
		all = append(all, r)
		named := false
		for side, o := range objects {
			for _, f := range r.Fields[side] {
				named = named || slices.Contains(o.Alike, f.Name)
			}
		}
		if named {
			some = append(some, r)
		}
	}
	if len(some) == 0 {
		some = all
	}
	return some, all
}

// parentSide is the side of the parents' pair that a side of ours is.
func (k *kin) parentSide(side Side) Side { return k.sides[side] }

// kinView is what is stored about the parents of a batch, and about everybody who hangs on them.
type kinView struct {
	link [2]map[string]Link // of the parents, by the id of each
	kids [2]map[string][]string
	read [2]map[string]ChildRead
	// half are parents whose partner is gone, and about whom a person is asked or who wait to be made again.
	half [2]map[string]bool
	// doubted are parents that a read did not find, and gone those that are gone for certain.
	doubted, gone [2]map[string]bool
}

// viewKin loads the parents of a batch's records, their partners, and the unlinked children of both.
func (s *session) viewKin(ctx context.Context, v *view, ids [2][]string) error {
	k, st := s.kin, s.e.Store
	kv := &kinView{}
	v.kin = kv
	var parents [2][]string
	add := func(side Side, id string) {
		if id != "" && !slices.Contains(parents[side], id) {
			parents[side] = append(parents[side], id)
		}
	}
	for side := range ids {
		kv.link[side], kv.kids[side], kv.read[side] = map[string]Link{}, map[string][]string{}, map[string]ChildRead{}
		kv.doubted[side], kv.gone[side], kv.half[side] = map[string]bool{}, map[string]bool{}, map[string]bool{}
		for _, m := range v.mirror[side] {
			add(Side(side), m.Parent)
		}
	}
	for side := range parents {
		links, err := st.LinksOf(ctx, s.ws, k.parents.ID, k.sides[side], parents[side])
		if err != nil {
			return err
		}
		for id, l := range links {
			kv.half[side][id] = l.State == OneGone
			if l.State == On {
				partner := l.IDs[k.sides[1-side]]
				kv.link[side][id], kv.link[1-side][partner] = l, l
				add(Side(1-side), partner)
			}
		}
	}
	var next [2][]string
	for side := range parents {
		conn := s.flow.Connections[side]
		seen, err := st.Mirrors(ctx, s.ws, conn, k.parents.Object, parents[side])
		if err != nil {
			return err
		}
		for id, m := range seen {
			kv.doubted[side][id], kv.gone[side][id] = !m.Suspect.IsZero(), !m.Gone.IsZero()
		}
		if kv.kids[side], err = st.ChildrenOf(ctx, s.ws, conn, s.flow.Object, parents[side]); err != nil {
			return err
		}
		if k.lists[side] {
			if kv.read[side], err = st.ChildReads(ctx, s.ws, conn, s.flow.Object, parents[side]); err != nil {
				return err
			}
		}
		for _, kids := range kv.kids[side] {
			for _, id := range kids {
				if _, ok := v.mirror[side][id]; !ok {
					next[side] = append(next[side], id)
				}
			}
		}
	}
	return s.load(ctx, v, next)
}

// underParent puts a job under the link of its record's parents. It reports false when there is none, and the record waits.
func (s *session) underParent(v *view, j job) (job, bool) {
	m := j.m[j.side]
	if m.Parent == "" {
		m.Parent = j.hint.Parent
	}
	l, linked := v.kin.link[j.side][m.Parent]
	if !linked {
		j.do, j.why, j.until = wait, waitsForParent, never
		j.hint.Parent = m.Parent
		if m.Parent == "" { // it hangs on nobody, so there is nowhere for a partner
			j.do, j.why = drop, "no_parent"
		}
		return j, false
	}
	j.parentLink = l.ID
	for side := range j.parent {
		j.parent[side] = l.IDs[s.kin.sides[side]]
	}
	return j, true
}

// bound decides about a linked child: it goes on as long as both records hang on parents that are each other's partners, and
// where one went to another parent with a merge.
// Whether it is there at all is found out under any parents.
func (s *session) bound(v *view, j job) job {
	other := j.side.Other()
	under, linked := s.underParent(v, j)
	switch p := j.m[other].Parent; {
	case linked && (p == "" || p == under.parent[other]):
		return under
	case s.inDoubt(j):
		j.do = look
		return j
	case linked && v.kin.half[other][p]: // the other one's parent lost its partner to a merge, which this one went with
		return under
	case !linked && v.kin.half[j.side][j.m[j.side].Parent] && v.kin.link[other][p].ID != "":
		j.parentLink = v.kin.link[other][p].ID
		return j
	case !j.m[other].Suspect.IsZero(): // nobody waits for one that may be gone: it is read
		return j
	case linked:
		under.do, under.why, under.until = wait, waitsForParent, never
		under.hint.Parent = j.m[j.side].Parent
	}
	return under
}

// inDoubt reports whether a record has to be read because somebody says so, or because a read did not find it.
func (s *session) inDoubt(j job) bool {
	m := j.m[j.side]
	return s.unread(j.hint, m) || !m.Suspect.IsZero()
}

// fading reports whether a parent of a linked child is gone, or the link of the two has ended. That the child is gone too is
// no news then, and the brake has judged it with the parent.
func (kv *kinView) fading(j job) bool {
	together := false
	for side, m := range j.m {
		if kv.gone[side][m.Parent] {
			return true
		}
		together = together || kv.link[side][m.Parent].ID == j.link.Parent
	}
	return !together
}

// doubts reports whether a parent of a linked child is suspected: what hides the parent hides what hangs on it, and
// whether that is an outage is for the parents' flow to find out, and for its brake.
func (kv *kinView) doubts(j job) bool {
	return kv.doubted[A][j.m[A].Parent] || kv.doubted[B][j.m[B].Parent]
}

// wakeChildren makes those due whose parents have been linked meanwhile.
func (s *session) wakeChildren(ctx context.Context) error {
	if s.kin == nil {
		return nil
	}
	_, err := s.e.Store.WakeChildren(ctx, s.ws, s.lease, s.pair.ID, s.kin.parents, s.kin.sides, s.e.Now())
	return err
}

// loadPassed learns when each side was last read completely.
func (s *session) loadPassed(ctx context.Context) error {
	if s.kin == nil {
		return nil
	}
	for side := range s.kin.passed {
		cur, err := s.e.Store.Cursor(ctx, s.ws, s.flow.Connections[side], s.flow.Object)
		if err != nil {
			return err
		}
		s.kin.passed[side] = time.Time{}
		if cur.Mode == "" && cur.Page == "" && !s.kin.lists[side] {
			s.kin.passed[side] = cur.Began
		}
	}
	return nil
}
