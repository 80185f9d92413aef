package sandbox

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"couplet/internal/sandbox/highlevel"
	"couplet/internal/sandbox/kit"
	"couplet/internal/sandbox/usercom"
)

// fill makes both CRMs out of the state file, or out of the seed.
func (s *Sandbox) fill(rates rates) error {
	saved, err := readState(s.o.StateFile)
	if err != nil {
		return err
	}
	ids := kit.NewIDs(s.o.Seed + 1)
	fresh := saved == nil
	if fresh {
		saved = &savedState{
			UserComToken: ids.AlphaNum(64), Subdomain: "demo",
			UserComClient: ids.Hex(24), UserComSecret: ids.UUID(), ControlKey: randomKey(),
		}
	}
	hook := s.o.WebhookURL
	if strings.HasSuffix(hook, "/hooks") {
		hook += "/highlevel"
	}
	s.hooks = []*kit.Hooks{
		kit.NewHooks(s.Clock, s.Faults, highlevel.HookPolicy),
		kit.NewHooks(s.Clock, s.Faults, kit.Policy{Attempts: 1}), // no retries are known
	}
	s.HighLevel = highlevel.New(highlevel.Options{
		Clock: s.Clock, Faults: s.Faults, Counters: s.counters["highlevel"], Hooks: s.hooks[0], Seed: s.o.Seed,
		Rate: rates.highlevel, Daily: rates.daily, Latency: s.o.Latency, SearchLag: s.o.SearchLag, WebhookURL: hook, AllowDuplicates: s.o.AllowDuplicates,
		RedirectURIs: s.o.RedirectURIs, AccessLife: s.o.AccessLife, DropState: s.o.DropState, NoLocationRefresh: s.o.NoLocationRefresh,
	})
	s.UserCom = usercom.New(usercom.Options{
		Clock: s.Clock, Faults: s.Faults, Counters: s.counters["usercom"], Hooks: s.hooks[1], Seed: s.o.Seed,
		Limit: rates.usercom, Latency: s.o.Latency, SearchLag: s.o.UserComLag, HookURL: s.o.UserComHookURL,
		Token: saved.UserComToken, Subdomain: saved.Subdomain,
		ClientID: saved.UserComClient, ClientSecret: saved.UserComSecret,
		RedirectURIs: s.o.RedirectURIs, AccessLife: s.o.AccessLife, DropState: s.o.DropState, UnknownAttribute400: s.o.RefuseUnknown,
	})
	s.crms = map[string]crm{"highlevel": s.HighLevel, "usercom": s.UserCom}
	if fresh {
		people := Seed(s.o.Contacts, s.o.Seed)
		var ids [2]map[int]string
		for side, list := range [][]kit.Person{people.HighLevel, people.UserCom} {
			ids[side] = map[int]string{}
			for _, p := range list {
				ids[side][p.N] = []interface{ Add(kit.Person) string }{s.HighLevel, s.UserCom}[side].Add(p)
			}
		}
		if len(people.Children) > 0 {
			s.fillHighLevel(people.Children, ids[0])
			s.fillUserCom(people.Children, ids[1])
		}
		s.fillCompanies(people, ids[0])
		saved.Expected = Expect(people.HighLevel, people.UserCom)
		saved.Tasks, saved.Notes = ExpectOf(TaskKind, people.Children), ExpectOf(NoteKind, people.Children)
	} else if err := errors.Join(s.HighLevel.Load(saved.HighLevel), s.UserCom.Load(saved.UserCom)); err != nil {
		return fmt.Errorf("%s: %w", s.o.StateFile, err)
	}
	saved.HighLevel, saved.UserCom = nil, nil
	s.saved = *saved
	s.info = infoOf(s)
	return nil
}

func randomKey() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
