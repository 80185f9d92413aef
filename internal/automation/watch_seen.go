package automation

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"time"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// Seen is what an automation last saw of a record: as much as tells whether its event happens.
type Seen struct {
	ID      string `json:"-"`
	Version string `json:"v,omitempty"`
	// At is when the record was asked for.
	At time.Time `json:"-"`
	// Fields are hashes of what it held.
	Fields map[string]string `json:"f,omitempty"`
	// Set are the members of the list that is looked at, Listed says that they were shown.
	Set    []string `json:"s,omitempty"`
	Listed bool     `json:"l,omitempty"`
	// Is says that the field held the value.
	Is bool `json:"is,omitempty"`
	// N counts what happened, by the member of the list where there is one.
	N map[string]int `json:"n,omitempty"`
}

// happening is one time that the event happened to a record.
type happening struct {
	// nth tells it from others of the same record.
	nth string
	// value is what the event gives besides, fields the names of what changed; nil where that is not known.
	value  any
	fields []string
	// made says that the record is new.
	made bool
}

// see adds what a record shows to what was seen.
func (l *looking) see(seen Seen, r connector.Record, at time.Time) Seen {
	when := l.event.When
	next := Seen{ID: r.ID, Version: seen.Version, At: at, Fields: maps.Clone(seen.Fields), Set: seen.Set, Listed: seen.Listed, Is: seen.Is, N: maps.Clone(seen.N)}
	if r.Version != "" {
		next.Version = r.Version
	}
	if when.Changed {
		if next.Fields == nil {
			next.Fields = map[string]string{}
		}
		for name, v := range l.shown(r) {
			next.Fields[name] = hashed(v)
		}
	}
	if name := when.Added + when.Removed; name != "" {
		if v, shown := r.Fields[name]; shown {
			next.Set, next.Listed = mapping.AsSet(v), true
		}
	}
	if v, shown := r.Fields[when.Field]; when.Field != "" && shown {
		next.Is = v == when.Is
	}
	return next
}

// shown are the fields that count as what a record holds: those that the event is about, or all but the one that holds our own reference.
func (l *looking) shown(r connector.Record) connector.Fields {
	out := maps.Clone(r.Fields)
	about := l.event.When.Fields
	for name, v := range out {
		if len(about) > 0 && !slices.Contains(about, name) {
			delete(out, name)
		}
		if name == l.in.Stamp.Name && name != "" || isStamp(v) {
			delete(out, name)
		}
	}
	return out
}

func hashed(v any) string {
	sum := sha256.Sum256([]byte(mapping.Canon(v)))
	return hex.EncodeToString(sum[:6])
}

// fresh reports whether a record that was never seen was made since the watch began.
func (l *looking) fresh(r connector.Record) bool {
	if r.Created.IsZero() {
		return !l.in.PerParent
	}
	return !r.Created.Before(l.w.Began)
}

// differs reports whether a row of a list is a reason to look at a record that is known.
func (l *looking) differs(seen Seen, r connector.Record) bool {
	when := l.event.When
	fresh := r.Version != "" && r.Version != seen.Version
	if when.Changed {
		changed, _ := l.changed(seen, r)
		return fresh || len(changed) > 0
	}
	if name := when.Added + when.Removed; name != "" {
		v, shown := r.Fields[name]
		return !shown && fresh || shown && !sameSet(mapping.AsSet(v), seen.Set)
	}
	if when.Field != "" {
		v, shown := r.Fields[when.Field]
		return !shown && fresh || shown && (v == when.Is) != seen.Is
	}
	return false
}

// changed are the fields that hold another value than was seen, and whether there are some that were not seen before.
func (l *looking) changed(seen Seen, r connector.Record) (names []string, unseen bool) {
	for name, v := range l.shown(r) {
		was, known := seen.Fields[name]
		if !known {
			unseen = true
		} else if was != hashed(v) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, unseen
}

// judge says what happened to a record since it was seen, and what is seen of it now. h is the hint that it is about.
func (l *looking) judge(seen Seen, was bool, r connector.Record, h Hint, at time.Time) (happened []happening, next Seen) {
	when := l.event.When
	next = l.see(seen, r, at)
	made := !was && l.fresh(r)
	epoch := strconv.FormatInt(l.w.Began.UnixMilli(), 36)
	count := func(word string) string {
		if next.N == nil {
			next.N = map[string]int{}
		}
		next.N[word]++
		return epoch + "." + strconv.Itoa(next.N[word])
	}
	switch {
	case when.Told:
		return []happening{{nth: h.Call, value: h.Extra}}, next
	case !was && !made:
		return nil, next // from before
	case when.New:
		if made {
			happened = append(happened, happening{nth: "new", made: true})
		}
	case when.Changed:
		names, unseen := l.changed(seen, r)
		if made || len(names) == 0 && (!unseen || r.Version == "" || r.Version == seen.Version) {
			break
		}
		happened = append(happened, happening{nth: count(""), fields: names})
	case when.Field != "":
		if next.Is && !seen.Is {
			happened = append(happened, happening{nth: count(""), fields: []string{when.Field}, made: made})
		}
	default:
		name := when.Added + when.Removed
		if !next.Listed || !seen.Listed && !made {
			break
		}
		some := mapping.Minus(next.Set, seen.Set)
		if when.Removed != "" {
			some = mapping.Minus(seen.Set, next.Set)
		}
		for _, member := range some {
			happened = append(happened, happening{nth: count(member) + " " + member, value: member, fields: []string{name}, made: made})
		}
	}
	return happened, next
}

func sameSet(x, y []string) bool {
	return len(mapping.Minus(x, y)) == 0 && len(mapping.Minus(y, x)) == 0
}
