package store_test

import (
	"context"
	"time"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/store"
)

// A call runs one method for a workspace, with the ids of the first one. It returns what it saw.
type call struct {
	name string
	run  func(ctx context.Context, s *store.Store, ws string, l engine.Lease) (any, error)
}

// reads and writes call every method that takes a workspace. Each read sees something in the first workspace, and each
// write changes something there; else the test would prove nothing.
func (w *world) reads() []call {
	c, p, all := w.conns[0], w.pair.ID, engine.Place{Side: -1}
	return append(append(append(append(w.consentReads(), w.clientReads()...), w.planReads()...), append(w.watchReads(), append(append(append(w.childReads(), w.orderReads()...), append(w.tokenReads(), w.templateReads()...)...), w.recordReads()...)...)...), append(append(w.draftReads(), w.automationReads()...), []call{
		{"Cursor", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			cur, err := s.Cursor(ctx, ws, c, "contact")
			cur.Conn, cur.Object = "", "" // what was asked for
			return cur, err
		}},
		{"Absent", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Absent(ctx, ws, c, "contact", 99, "", 9)
		}},
		{"Turnover", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			_, went, err := s.Turnover(ctx, ws, c, "contact", 2)
			return went, err
		}},
		{"SettledOf", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.SettledOf(ctx, ws, c, "contact")
		}},
		{"Mirrors", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Mirrors(ctx, ws, c, "contact", []string{"a1"})
		}},
		{"CountMirrors", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.CountMirrors(ctx, ws, c, "contact")
		}},
		{"Holders", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Holders(ctx, ws, c, "contact", []engine.Key{{Kind: "email", Value: "x@x.test"}}, 3)
		}},
		{"Stamped", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Stamped(ctx, ws, c, "contact", "stamp")
		}},
		{"Hints", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Hints(ctx, ws, p, start, all, 9)
		}},
		{"Problems", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Problems(ctx, ws, p, all, 9)
		}},
		{"Parked", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Parked(ctx, ws, p, "refused", 9)
		}},
		{"Pending", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			due, next, err := s.Pending(ctx, ws, p, start)
			return struct {
				int
				time.Time
			}{due, next}, err
		}},
		{"LinksOf", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.LinksOf(ctx, ws, p, engine.A, []string{"a1"})
		}},
		{"Links", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Links(ctx, ws, p, "", 9)
		}},
		{"LinkByID", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.LinkByID(ctx, ws, "l1")
		}},
		{"CountLinks", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.CountLinks(ctx, ws, p)
		}},
		{"Sendings", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Sendings(ctx, ws, []string{"l1"})
		}},
		{"Asks", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Asks(ctx, ws, []string{"l1"})
		}},
		{"Intents", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Intents(ctx, ws, p, engine.A, []string{"a1"})
		}},
		{"ReviewsOf", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.ReviewsOf(ctx, ws, p, engine.A, []string{"a2"})
		}},
		{"Reviews", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Reviews(ctx, ws, p, all, 9)
		}},
		{"CountReviews", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.CountReviews(ctx, ws, p)
		}},
		{"Conflicts", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Conflicts(ctx, ws, p, true, "", 9)
		}},
		{"CountConflicts", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.CountConflicts(ctx, ws, p)
		}},
		{"Buried", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Buried(ctx, ws, p, engine.A, []string{"a9"}, []string{"hash"}, start)
		}},
		{"Capabilities", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Capabilities(ctx, ws, w.conns, "contact")
		}},
		{"Pairs", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Pairs(ctx, ws)
		}},
		{"RunByID", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.RunByID(ctx, ws, w.run.ID)
		}},
		{"ActiveRun", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			r, _, err := s.ActiveRun(ctx, ws, w.flow.ID)
			return r, err
		}},
		{"Unfinished", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Unfinished(ctx, ws, w.flow.ID)
		}},
		{"Runs", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Runs(ctx, ws, w.flow.ID, 9, "")
		}},
		{"Entries", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Entries(ctx, ws, w.run.ID, "", 9, "")
		}},
		{"CountEntries", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.CountEntries(ctx, ws, w.run.ID)
		}},
		{"CountTouched", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.CountTouched(ctx, ws, w.run.ID)
		}},
		{"CallsOf", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.CallsOf(ctx, ws, []string{w.run.ID})
		}},
		{"CallCounts", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.CallCounts(ctx, ws, w.run.ID)
		}},
		{"Setting", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Setting(ctx, ws, "zone")
		}},
		{"Users", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Users(ctx, ws)
		}},
		{"UserByID", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.UserByID(ctx, ws, w.user.ID)
		}},
		{"WorkspacesOf", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.WorkspacesOf(ctx, ws, w.user.ID)
		}},
		{"Sessions", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Sessions(ctx, ws, w.user.ID)
		}},
		{"Invitations", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Invitations(ctx, ws)
		}},
		{"Connections", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Connections(ctx, ws)
		}},
		{"ConnectionByID", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.ConnectionByID(ctx, ws, c)
		}},
		{"ConnectionByName", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.ConnectionByName(ctx, ws, "left")
		}},
		{"Secret", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Secret(ctx, ws, c, "token")
		}},
		{"Flows", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Flows(ctx, ws)
		}},
		{"FlowByID", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.FlowByID(ctx, ws, w.flow.ID)
		}},
		{"FlowByName", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.FlowByName(ctx, ws, "contacts")
		}},
		{"FlowsOfPair", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.FlowsOfPair(ctx, ws, p)
		}},
		{"FlowStateOf", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.FlowStateOf(ctx, ws, w.flow.ID)
		}},
		{"CancelRequested", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.CancelRequested(ctx, ws, w.run.ID)
		}},
	}...)...)
}

func (w *world) writes() []call {
	c, p := w.conns[0], w.pair.ID
	later := start.Add(time.Hour)
	changed := mirror("a1", "email", "other@x.test")
	hint := engine.Hint{Side: engine.A, ID: "a1", Reason: "webhook", At: later, Due: start.Add(-1)}
	in := engine.Intent{ID: "i1", Pair: p, Side: engine.B, Source: "a1", Stamp: "changed", State: engine.Unknown, At: later}
	run := w.run
	run.Note, run.Owner = "changed", "other"
	return append(append(append(append(w.consentWrites(), w.clientWrites()...), w.planWrites()...), append(w.watchWrites(), append(append(w.childWrites(), append(w.orderWrites(), w.afreshWrites()...)...), append(w.tokenWrites(), w.templateWrites()...)...)...)...), append(append(w.draftWrites(), w.automationWrites()...), []call{
		{"SavePage", func(ctx context.Context, s *store.Store, ws string, l engine.Lease) (any, error) {
			return nil, s.SavePage(ctx, ws, l, engine.Cursor{Conn: c, Object: "contact", Page: "9"}, 9, []engine.Mirror{changed}, []string{"a2"}, []engine.Hint{hint})
		}},
		{"AddHints", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.AddHints(ctx, ws, p, []engine.Hint{hint})
		}},
		{"SpreadHints", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.SpreadHints(ctx, ws, c, "contact", []engine.Hint{{ID: "a8", Reason: "absent", At: start, Due: start}})
		}},
		{"SaveCapability", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.SaveCapability(ctx, ws, engine.Capability{Conn: c, Object: "contact", Field: "f", Verb: "update", MaxLen: 9})
		}},
		{"Intend", func(ctx context.Context, s *store.Store, ws string, l engine.Lease) (any, error) {
			x := sending("l1")
			x.By = "phone"
			return nil, s.Intend(ctx, ws, l, w.run, []engine.Commit{{Sending: x}})
		}},
		{"Begin", func(ctx context.Context, s *store.Store, ws string, l engine.Lease) (any, error) {
			return nil, s.Begin(ctx, ws, l, []engine.Intent{in})
		}},
		{"Commit", func(ctx context.Context, s *store.Store, ws string, l engine.Lease) (any, error) {
			link := w.link("l1", "a1", "b1", engine.Detached)
			run := run
			run.Workspace = ws
			return nil, s.Commit(ctx, ws, l, run, []engine.Commit{{Mirrors: [2][]engine.Mirror{{changed}}, Link: link, Closed: []string{"i1"}, Resolved: []string{"name"},
				Settled: []engine.Place{{Side: engine.A, ID: "a2"}}, Bury: []engine.Tombstone{{Pair: p, ID: "a9", Reason: "changed"}}, Finished: []engine.Hint{{ID: "a1", Seq: 1}},
				Again: []engine.Hint{{ID: "a2", Seq: 1, Problem: "changed"}}, Entry: &engine.Entry{ID: "e1", Run: w.run.ID, Reason: "changed"}}})
		}},
		{"Seed", func(ctx context.Context, s *store.Store, ws string, l engine.Lease) (any, error) {
			return nil, s.Seed(ctx, ws, l, w.pair, later)
		}},
		{"SettlePair", func(ctx context.Context, s *store.Store, ws string, l engine.Lease) (any, error) {
			return nil, s.SettlePair(ctx, ws, l, p, later)
		}},
		{"ResetCursors", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.ResetCursors(ctx, ws, c)
		}},
		{"PairFor", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.PairFor(ctx, ws, [2]string{c, "x"}, "contact", "new-pair")
		}},
		{"StartRun", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			run := run
			run.Workspace, run.Note = ws, "changed by StartRun"
			return nil, s.StartRun(ctx, run)
		}},
		{"SaveRun", func(ctx context.Context, s *store.Store, ws string, l engine.Lease) (any, error) {
			run := run
			run.Note = "changed again"
			return nil, s.SaveRun(ctx, ws, l, run)
		}},
		{"CancelRun", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			_, err := s.CancelRun(ctx, ws, w.silent.ID)
			return nil, err
		}},
		{"CountCalls", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.CountCalls(ctx, ws, w.run.ID, []engine.CallCount{{Method: "GET", Path: "/", Status: 200, N: 5}})
		}},
		{"ChangeSetting", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			was, _ := s.Setting(ctx, ws, "zone")
			return nil, s.ChangeSetting(ctx, ws, "zone", was, "changed by one who looked")
		}},
		{"SaveSetting", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.SaveSetting(ctx, ws, "zone", "changed")
		}},
		{"AddUser", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			_, err := s.AddUser(ctx, ws, "new@"+ws+".test", "owner", "h")
			return nil, err
		}},
		{"SetPassword", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.SetPassword(ctx, ws, w.user.ID, "changed", "first")
		}},
		{"Rename", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.Rename(ctx, ws, w.user.ID, "changed")
		}},
		{"StartSession", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.StartSession(ctx, ws, store.Session{Hash: "third", User: w.user.ID})
		}},
		{"TouchSession", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			w.now = w.now.Add(time.Minute)
			return nil, s.TouchSession(ctx, ws, "first")
		}},
		{"SaveTheme", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.SaveTheme(ctx, ws, "first", "dark")
		}},
		{"Say", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.Say(ctx, ws, "first", "changed", true)
		}},
		{"RenewSession", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.RenewSession(ctx, ws, "first", "changed", ws)
		}},
		{"EndSession", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.EndSession(ctx, ws, w.user.ID, "third")
		}},
		{"EndSessions", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			n, err := s.EndSessions(ctx, ws, w.user.ID, "none")
			return n, err
		}},
		{"SaveSignInLink", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.SaveSignInLink(ctx, ws, w.user.ID, "link", later)
		}},
		{"Withdraw", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.Withdraw(ctx, ws, w.invited.ID)
		}},
		{"Invite", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Invite(ctx, ws, store.Invitation{Hash: "new", Email: "joe@x.test", Role: "viewer", By: w.user.ID, Ends: later})
		}},
		{"SetRole", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.SetRole(ctx, ws, w.user.ID, "viewer")
		}},
		{"RemoveMember", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.RemoveMember(ctx, ws, w.user.ID)
		}},
		{"SaveConnection", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.SaveConnection(ctx, ws, connection.Connection{ID: c, Name: "left", System: "changed"})
		}},
		{"SaveSecret", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.SaveSecret(ctx, ws, c, "token", []byte("changed"))
		}},
		{"DeleteSecret", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.DeleteSecret(ctx, ws, c, "token")
		}},
		{"SaveFlow", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			_, _, err := s.SaveFlow(ctx, ws, flow.Flow{ID: w.flow.ID, Name: "contacts", Object: "changed"})
			return nil, err
		}},
		{"SetEnabled", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.SetEnabled(ctx, ws, w.flow.ID, true)
		}},
		{"SaveApproval", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.SaveApproval(ctx, ws, w.flow.ID, flow.Approval{By: "changed"})
		}},
		{"SetNext", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.SetNext(ctx, ws, w.flow.ID, later)
		}},
		{"MarkDue", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.MarkDue(ctx, ws, w.flow.ID, start)
		}},
		{"TakeMark", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			_, err := s.TakeMark(ctx, ws, w.flow.ID, start)
			return nil, err
		}},
		{"RecordEvent", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			_, err := s.RecordEvent(ctx, ws, c, "new", "t", start)
			return nil, err
		}},
		{"TakeHook", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			_, _, err := s.TakeHook(ctx, ws, c, store.Event{WebhookID: "newer"}, []connector.Ref{{Object: "contact", ID: "a2"}}, later, 0)
			return nil, err
		}},
		{"Prune", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			_, err := s.Prune(ctx, ws, start.AddDate(1, 0, 0), store.DefaultPolicy)
			return nil, err
		}},
		{"Beat", func(ctx context.Context, s *store.Store, ws string, l engine.Lease) (any, error) {
			return nil, s.Beat(ctx, ws, l, "none", engine.Progress{}, later)
		}},
		{"Release", func(ctx context.Context, s *store.Store, ws string, l engine.Lease) (any, error) {
			return nil, s.Release(ctx, ws, l)
		}},
		{"TakeOver", func(ctx context.Context, s *store.Store, ws string, l engine.Lease) (any, error) {
			_, _, err := s.TakeOver(ctx, ws, l, "thief", later)
			return nil, err
		}},
		{"Acquire", func(ctx context.Context, s *store.Store, ws string, l engine.Lease) (any, error) {
			_, _, err := s.Acquire(ctx, ws, l.Name, "thief", later, later.Add(time.Hour))
			return nil, err
		}},
	}...)...)
}
