package sandbox

import (
	"regexp"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"couplet/internal/sandbox/kit"
)

// Expected is how the seeded records must end once both sides are in step:
// Linked counts pairs, CreatedA the User.com records that are created in
// HighLevel, CreatedB the reverse, Review records of both sides that a person has
// to decide about.
type Expected struct {
	Linked   int `json:"linked"`
	CreatedA int `json:"created_a"`
	CreatedB int `json:"created_b"`
	Review   int `json:"review"`
}

// outcome of one record.
type outcome int

const (
	linked outcome = iota
	created
	review
)

// keys of one record, by kind: e-mail, then phone; "" is no key.
type keys [2]string

// keysOf: e-mail trimmed and in lower case, phone as E.164 with the default region
// US; what cannot be parsed is no key.
func keysOf(p kit.Person) keys {
	k := keys{strings.ToLower(strings.TrimSpace(p.Email))}
	k[1] = e164(p.Phone)
	return k
}

var american = regexp.MustCompile(`^(?:\+1)? ?\(?([2-9]\d\d)\)?[ -]?([2-9]\d\d)[ -]?(\d{4})$`)

// e164 takes a short way for American numbers: there are many.
func e164(phone string) string {
	if m := american.FindStringSubmatch(phone); m != nil {
		return "+1" + m[1] + m[2] + m[3]
	}
	number, err := phonenumbers.Parse(phone, "US")
	if err != nil {
		return ""
	}
	return phonenumbers.Format(number, phonenumbers.E164)
}

// half is one side with, per kind of key, which records hold a value.
type half struct {
	keys    []keys
	holders [2]map[string][]int
}

func halfOf(people []kit.Person) *half {
	h := &half{keys: make([]keys, len(people))}
	for kind := range h.holders {
		h.holders[kind] = map[string][]int{}
	}
	for i, p := range people {
		h.keys[i] = keysOf(p)
		for kind, value := range h.keys[i] {
			if value != "" {
				h.holders[kind][value] = append(h.holders[kind][value], i)
			}
		}
	}
	return h
}

// Expect applies the matching rule to two sides of people. A value that one record
// of each side has makes an edge between them; one that nobody of the other side
// has, and nobody else of the own, is free; any other is shared. No key, edges to
// two records, or an edge although an earlier kind of key differs: review. One
// edge: linked, unless the other end is in review. No edge: created on the other
// side if the first key there is is free, else review.
func Expect(a, b []kit.Person) Expected {
	left, right := halfOf(a), halfOf(b)
	var e Expected
	for i := range a {
		switch judge(left, right, i) {
		case linked:
			e.Linked++
		case created:
			e.CreatedB++
		case review:
			e.Review++
		}
	}
	for i := range b {
		switch judge(right, left, i) {
		case created:
			e.CreatedA++
		case review:
			e.Review++
		}
	}
	return e
}

func judge(own, other *half, i int) outcome {
	what, target := alone(own, other, i)
	if what == linked {
		if back, _ := alone(other, own, target); back == review {
			return review
		}
	}
	return what
}

// alone judges a record without asking what becomes of the other end.
func alone(own, other *half, i int) (what outcome, target int) {
	target, by := -1, 0
	firstFree, any := false, false
	for kind, value := range own.keys[i] {
		if value == "" {
			continue
		}
		mine, theirs := len(own.holders[kind][value]), other.holders[kind][value]
		if !any {
			any, firstFree = true, mine == 1 && len(theirs) == 0
		}
		if mine == 1 && len(theirs) == 1 {
			if target >= 0 && target != theirs[0] {
				return review, -1
			}
			if target < 0 {
				target, by = theirs[0], kind
			}
		}
	}
	if target < 0 {
		if firstFree {
			return created, -1
		}
		return review, -1
	}
	for kind := range by {
		if mine, theirs := own.keys[i][kind], other.keys[target][kind]; mine != "" && theirs != "" && mine != theirs {
			return review, target
		}
	}
	return linked, target
}
