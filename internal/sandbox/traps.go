package sandbox

import (
	"math"

	"couplet/internal/sandbox/kit"
)

// trap is one known difficulty: what it puts on which side, how many people it
// is, and how its records must end. The counts are asserted in a test against
// Expect, which knows nothing of traps.
type trap struct {
	name   string
	people int
	ends   Expected
	set    func(*inventor, *People)
}

// trapCount is how often each trap is set: once or twice among few people, five
// times among 100,000.
func trapCount(n int) int { return 1 + int(math.Log10(float64(n)/50)*1.5) }

// traps sets every trap and returns how many people they used.
func (g *inventor) traps(p *People, n int) int {
	used := 0
	for range trapCount(n) {
		for _, t := range traps {
			t.set(g, p)
			used += t.people
		}
	}
	return used
}

var traps = []trap{
	{"same e-mail twice in User.com, one of them known by phone", 2, Expected{Linked: 1, Review: 1},
		func(g *inventor, p *People) {
			one, twin := g.full(), g.full()
			twin.Email = one.Email
			p.add(one, g.asUserCom(one))
			p.UserCom = append(p.UserCom, g.asUserCom(twin))
		}},
	{"same e-mail twice in User.com, neither known by phone", 2, Expected{Review: 3},
		func(g *inventor, p *People) {
			one, twin := g.full(), g.full()
			twin.Email = one.Email
			b := g.asUserCom(one)
			one.Phone = ""
			p.add(one, b)
			p.UserCom = append(p.UserCom, g.asUserCom(twin))
		}},
	{"a family shares a phone, every one with an e-mail", 4, Expected{Linked: 2, CreatedA: 1, CreatedB: 1},
		func(g *inventor, p *People) {
			family := [4]kit.Person{g.full(), g.full(), g.full(), g.full()}
			for i := range family {
				family[i].Last, family[i].Phone = family[0].Last, family[0].Phone
			}
			p.add(family[0], g.asUserCom(family[0]))
			p.add(family[1], g.asUserCom(family[1]))
			p.HighLevel = append(p.HighLevel, family[2])
			p.UserCom = append(p.UserCom, g.asUserCom(family[3]))
		}},
	{"only a phone, on both sides and on each alone", 3, Expected{Linked: 1, CreatedA: 1, CreatedB: 1},
		func(g *inventor, p *People) {
			both, a, b := g.full(), g.full(), g.full()
			both.Email, a.Email, b.Email = "", "", ""
			p.add(both, g.asUserCom(both))
			p.HighLevel = append(p.HighLevel, a)
			p.UserCom = append(p.UserCom, g.asUserCom(b))
		}},
	{"an e-mail on one side only, known by phone", 1, Expected{Linked: 1},
		func(g *inventor, p *People) {
			one := g.full()
			b := g.asUserCom(one)
			one.Email = ""
			p.add(one, b)
		}},
	{"neither e-mail nor phone", 2, Expected{Review: 2},
		func(g *inventor, p *People) {
			a, b := g.full(), g.full()
			a.Email, a.Phone, b.Email, b.Phone = "", "", "", ""
			p.add(a, b)
		}},
	{"same phone, other e-mail", 2, Expected{Review: 2},
		func(g *inventor, p *People) {
			a, b := g.full(), g.full()
			b.Phone = a.Phone
			p.add(a, g.asUserCom(b))
		}},
	{"the e-mail is one record's and the phone another's", 2, Expected{Review: 3},
		func(g *inventor, p *People) {
			one, other := g.full(), g.full()
			crossed := one
			crossed.Phone = other.Phone
			p.add(crossed, g.asUserCom(one))
			p.UserCom = append(p.UserCom, g.asUserCom(other))
		}},
	{"names longer than User.com keeps", 1, Expected{CreatedB: 1},
		func(g *inventor, p *People) {
			one := g.full()
			one.First, one.Last = longName[0], longName[1]
			p.HighLevel = append(p.HighLevel, one)
		}},
}

// full is a person with both keys.
func (g *inventor) full() kit.Person {
	p := g.person()
	if p.Phone == "" {
		p.Phone = g.phone()
	}
	return p
}
