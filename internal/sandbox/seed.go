package sandbox

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"couplet/internal/sandbox/kit"
)

// People are the seeded records of both sides, as each side spells them, and what hangs on them.
type People struct {
	HighLevel, UserCom []kit.Person
	Children           []Child
}

// Of all people 45 % are on both sides; the rest is split evenly.
const onBoth, onlyHighLevel = 0.45, 0.725

// Seed invents n people over both sides; the same seed gives the same people. From
// 50 people on some of them are traps (traps.go); the others share no e-mail and
// no phone with anybody but themselves, and some have tasks and notes (children.go).
func Seed(n int, seed int64) People {
	g := newInventor(seed)
	var p People
	if n >= 50 {
		n -= g.traps(&p, n)
	}
	first := g.people + 1
	for range n {
		one := g.person()
		switch lot := g.rng.Float64(); {
		case lot < onBoth:
			a, b := g.spellings(one)
			p.add(a, b)
		case lot < onlyHighLevel:
			p.HighLevel = append(p.HighLevel, one)
		default:
			p.UserCom = append(p.UserCom, g.asUserCom(one))
		}
	}
	shuffle := func(list []kit.Person) {
		g.rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	}
	shuffle(p.HighLevel)
	shuffle(p.UserCom)
	p.Children = children(p, first, seed)
	return p
}

func (p *People) add(a, b kit.Person) {
	p.HighLevel, p.UserCom = append(p.HighLevel, a), append(p.UserCom, b)
}

// inventor makes people whose e-mails and phones are all different.
type inventor struct {
	rng    *rand.Rand
	mails  map[string]int
	phones int
	people int
}

func newInventor(seed int64) *inventor {
	return &inventor{rng: rand.New(rand.NewPCG(uint64(seed), 0x5eed)), mails: map[string]int{}}
}

func pick[T any](g *inventor, from []T) T { return from[g.rng.IntN(len(from))] }

func (g *inventor) chance(p float64) bool { return g.rng.Float64() < p }

// person has an e-mail, mostly a phone and a company.
func (g *inventor) person() kit.Person {
	g.people++
	p := kit.Person{
		N: g.people, First: pick(g, firstNames), Last: pick(g, lastNames), City: pick(g, cities), Country: "US",
		Created: time.Date(2024, 1, 1, 8, 0, 0, 0, time.UTC).Add(time.Duration(g.rng.IntN(600*24*3600)) * time.Second),
	}
	p.Email = g.mail(p)
	if g.chance(.9) {
		p.Phone = g.phone()
	}
	if g.chance(.7) {
		p.Company = pick(g, companyHeads) + " " + pick(g, companyTails)
	}
	for range g.rng.IntN(4) {
		if tag := pick(g, tagNames); !slices.Contains(p.Tags, tag) {
			p.Tags = append(p.Tags, tag)
		}
	}
	return p
}

// mail is first.last at a reserved domain, numbered from the second of its name on.
func (g *inventor) mail(p kit.Person) string {
	name := strings.ToLower(p.First + "." + p.Last)
	domain := pick(g, mailDomains)
	g.mails[name]++
	if n := g.mails[name]; n > 1 {
		name = fmt.Sprintf("%s%d", name, n)
	}
	return name + "@" + domain
}

// phone is the next number of a fixed list: first the fictional 555-01xx of every
// area code, then other exchanges, never an N11. All are valid to phonenumbers.
func (g *inventor) phone() string {
	n := g.phones
	g.phones++
	area, n := areaCodes[n%len(areaCodes)], n/len(areaCodes)
	if n < 100 {
		return fmt.Sprintf("+1%s55501%02d", area, n)
	}
	n -= 100
	exchange := 220 + n/10_000
	return fmt.Sprintf("+1%s%d%04d", area, exchange, n%10_000)
}

// spellings are one person as HighLevel and as User.com hold them.
func (g *inventor) spellings(p kit.Person) (a, b kit.Person) {
	a, b = p, g.asUserCom(p)
	if g.chance(.15) {
		a.Email = g.capitals(a.Email)
	}
	if g.chance(.04) {
		names := pick(g, shortNames)
		a.First, b.First = names[0], names[1]
		if g.chance(.5) {
			a.First, b.First = b.First, a.First
		}
	}
	switch lot := g.rng.Float64(); { // something is missing on one side
	case lot < .05:
		a.Phone = ""
	case lot < .10:
		b.Phone = ""
	case lot < .15:
		a.Company = ""
	case lot < .20:
		b.Company = ""
	}
	if g.chance(.2) {
		b.Tags = append(slices.Clone(b.Tags), "imported")
	} else if g.chance(.2) && len(a.Tags) > 0 {
		a.Tags = a.Tags[1:]
	}
	return a, b
}

// asUserCom is how User.com holds a person: it stores e-mail and phone as they were
// sent (usercom.md section 3), in any spelling.
func (g *inventor) asUserCom(p kit.Person) kit.Person {
	if g.chance(.15) {
		p.Email = g.capitals(p.Email)
	}
	if g.chance(.03) && p.Email != "" {
		p.Email = " " + p.Email + " "
	}
	if len(p.Phone) == 12 { // +1 and ten digits
		area, exchange, line := p.Phone[2:5], p.Phone[5:8], p.Phone[8:]
		p.Phone = pick(g, []string{
			p.Phone,
			fmt.Sprintf("(%s) %s-%s", area, exchange, line),
			fmt.Sprintf("%s-%s-%s", area, exchange, line),
			fmt.Sprintf("+1 %s %s %s", area, exchange, line),
			area + exchange + line,
		})
	}
	return p
}

func (g *inventor) capitals(email string) string {
	if email == "" || g.chance(.3) {
		return strings.ToUpper(email)
	}
	return strings.ToUpper(email[:1]) + email[1:]
}
