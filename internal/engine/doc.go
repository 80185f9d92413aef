// Package engine keeps two systems in step. This page is the algorithm; the files beside it are its parts.
//
// # What cannot be had
//
// Two systems, A and B, hold records that people edit on both sides. There is no shared clock, no transaction over
// both, and no "write only if unchanged". Every call may take effect, be refused, be refused with effect, time out with
// or without effect, or succeed while a field is ignored or altered. Webhooks are lost, doubled, late and shuffled.
// Search shows a record seconds after it exists. Only our own database is transactional. So the engine never asks
// "what happened?", which nobody can tell; it asks "what is there now, and what did each side hold when they last
// agreed?", which can be read.
//
// # Words
//
// The mirror is the last observation of each record. A link joins one record of each side. A base is, per link and
// field, what each side held when the two last agreed: two values, one per side, because a side may hold its own form
// of the same thing (a cut name, a formatted phone). A hint is a line of the inbox: somebody should look at this
// record. An intent is a create that may have happened. A cursor says how far a side has been read. A review is a record
// that only a person can decide about. A run is one execution of a flow.
//
// # The path of a change
//
// Poll, sweep and webhook lead to one place. A poll reads pages into the mirror (observe.go); a record whose content
// differs gets a hint. A webhook is a hint and nothing else: its content is never believed. It holds until the record itself was
// read, whatever fails meanwhile (word.go). Working off the inbox
// (drain.go) takes hints in batches, decides from what is stored (job.go), and hands each job to a worker (do.go).
//
// A linked pair is planned (plan.go). The planner is a pure function of both observations and the bases. For each field
// it asks two questions: does A still show what A showed at the last agreement, and does B? One changed: its value goes
// to the other side. Both changed and agree: remembered. Both changed and differ: the field's policy decides and the
// losing value is kept; where neither side has anything, one gets what its pair uses then (gap.go); where a person decides it waits, and is told and counted once for the values that it waits with (asks.go). Neither: nothing, even if the two differ, because that difference was accepted earlier.
// Comparing each side only with itself is what makes echoes harmless: our own write comes back as a webhook, the value is
// what the base says, nothing happens. No timers, no author filters, no shared base: a single shared base makes the
// engine copy a cut name back over the full one (sync-semantics 5.20).
//
// Two kinds of values mean nothing outside their own account: who of the staff a record is assigned to, and what it belongs to,
// such as the company of a contact. The first go over as the member with the same email (accounts.go), the second as the partner that the flow of
// those records has linked (linked.go). Where there is none, that field alone waits and the rest travels (owner.go).
//
// A write sends only fields that the plan names (write.go). The base is then made of what the system answered, never of
// what was sent (confirm.go): taken, ignored, or altered. An ignored field is tried again, and when that keeps
// happening it is learned as not writable (ability.go). An altered one is remembered as it is. A record that is given up because of
// one field is looked at again for the others (parked.go).
//
// A record without a link is matched by its keys (match.go). A key that more than one record holds identifies nobody.
// What cannot be told apart goes to review and stays there until a person decides.
//
// # Creating, and never twice
//
// A create is the one call that cannot be repeated safely. So (create.go):
//
//  1. It waits until the other side's index must show a twin if there is one: a generation (a complete read) begun
//     settle after the record was made, or else a search made then.
//  2. The intent is stored before the call leaves, and the created record carries a stamp that names its source.
//  3. Any answer but success leaves the intent open. After settle the other side is searched by stamp and by keys:
//     stamped with ours, adopt it; a match, link it; nobody, the create never happened.
//  4. A record that appears with our stamp and no link is adopted; one whose source is gone or taken goes to review.
//
// # Crashes
//
// Nothing is remembered in memory that matters. At every line a crash finds one of these:
//
//	crash                          what is stored              what happens next
//	before the intent              the hint                    decided again
//	after the intent, before POST  intent "sent"               settle, search, nobody: created again
//	after POST, before the commit  intent "sent"               settle, search, stamp: adopted
//	after the sending, before PUT  the sending, the old base  sent again, the same value
//	after PUT, before the commit   the sending, the old base  found there: base, line in the log, count
//	after a delete's sending       the sending, the order      read: gone is told as deleted, there is deleted if still wanted
//	between two pages              page, hints and cursor      goes on at the next page; absence proves nothing then
//	between side B and side A      base of B only              the next plan holds only A
//	lease lost                     a higher fence              the late commit is refused whole; its write was absolute
//
// A sending is what an update is about to put where, from which values, and what was there before. It is stored, with the
// values that give way, before the first call leaves (intend.go; workers that come at once share a transaction), and goes
// with the commit of the outcome. The next turn of a record that has one reads both sides and asks the planner, which knows
// what was sent (own.go). What arrived is told as the write that it was, by whichever run finds it. What did not is sent again
// as long as both sides show what they showed then. A record that shows neither was edited since: its value is kept as the
// policy's loser is, or stands. So the counts of a run, the lines of its log and what the systems were asked for agree after a kill too.
//
// # Who may work
//
// One flow per pair: a second one that is on would find in the inbox only what the first one left (rival.go). An account may be part of several
// pairs; they share its mirror, and what one of them reads, writes or misses there is a hint for the others (store.Commit).
//
// One worker per pair, by a lease with a fence (run.go). A heartbeat keeps it; after 15 seconds of silence another
// worker takes the run over under the same id and goes on. Every commit names the fence it was made under. A create asks right
// before it leaves whether the lease still holds (lease.go): the process may have been stopped, and replaced, while it waited.
//
// # Fields that change
//
// A custom field that somebody removes, makes anew or retypes holds up its own pairs and nothing else (drift.go). What is known of a
// field is what was agreed about it and what it is now (known.go); a run compares the two when it begins, and again when an answer
// shows a value suddenly empty, not taken, or refused. Only fields that were read after such an answer prove anything, and
// what a field that is gone shows is never believed: mirror and bases outlive it. A renamed field is followed by its id.
// Once a field is what it was, or a person accepted what it is, every record is looked at once more.
//
// # Starting afresh
//
// Another map makes no field look changed: each side is compared with what it itself showed. Having it applied to what is
// there is a choice (afresh.go): since its approval older bases of those rows say nothing, and the pair is as before its first plan, but
// for its links. So it is when an account is not what it was, because a backup was restored or another account answers: a record
// is older than it was, or too many came or went. The run ends before it has taken anything over, and none begins until a
// person has approved a rehearsal. Equal values are then agreed on, differences are asked about, and a record that is not there
// any more ends its link and nothing else, as do two that share no key. Where many went and hardly any came, a person may say
// instead that they were really deleted (gone_really.go): the pair is then what it was before, and each of them is asked for as for any delete.
//
// # Rehearsing
//
// A dry run takes the decisions of the run that would follow and carries out none of them (foretell.go): it reads what that
// run would read, plans every record with the same planner, and tells each in its log. A person looks at it and approves it
// for the revision of the flow that it was made for (flow.Flow.Revision). Its lines are kept until they are carried out. The
// run that follows plans each record again right before it writes, and compares that with the lines (agreed.go): the same
// record, the same kind of write, the same fields and values, or fewer of them. A write that stands in no line was seen by
// nobody. max(25, 5 %) of those are allowed in all, counted with the intent or the sending that makes them; each record
// beyond that becomes a review with what would be written (hold.go), and waits, linked or not, until a person accepts just
// that or approves a new preview that shows it. A wish not to be contacted does not wait with it (consent.go). The rest goes on. A flow file approves the first plan whatever it is. Once
// the plan is carried out the brake holds the runs after it, and what was approved or accepted counts for no brake.
// One record of a rehearsal may be carried out before the flow is approved, as a trial: a run of the flow as it is edited, with that
// record for its scope (scope.go). Nothing goes beyond what was foretold of it, nothing else is written, and the first run is still to come.
//
// # Which records, and only watching
//
// A flow is about everything, about what is new or changes from a time on, or about some records (scope.go). A decision is
// asked after it was taken, so a dry run says the same. From now on: what matches is linked and its bases are what both
// show, so nothing is written until somebody edits a field; a record without a partner whose content did not change since gets none.
// A wish not to be contacted goes over from the first day. When the scope changes, every record is put into the inbox once more.
// A flow that watches has every run be a dry one, marked so, by its schedule only.
//
// # Undoing
//
// An undo is a run that plans from the log of another one instead of from the inbox (undo_plan.go, a pure function too; undo.go).
// Each record is read right before. A value goes back only where the system still shows what was written and where neither
// side has a change that nobody has carried over yet. The bases then hold what both show, so the difference is agreed on and
// nothing flows back. It writes by the same sendings, bases, brake and log, so a kill loses nothing and an undo can be
// undone. Records that the run made stay, or are deleted when a person says so and nothing has touched them since
// (undo_made.go): same change stamp, same values, nothing that hangs on them. A wish not to be contacted is never taken back.
// A page stores what a person asks for as a run that is queued (undo_ask.go), first a dry one to look at, and whoever works on
// the flow next carries it out, also for a flow that is off. Of a long run the look reads the lists instead of each record.
//
// # Watching
//
// A run tells how far it has come (progress.go): which stage it is in, how much of each side is read, how many records
// are worked off, what it waits for and until when. This is stored with the heartbeat, decides nothing, and costs no row
// per record.
//
// # Orders
//
// What a person decides about a record or a field is an order (order.go): stored first, with what the person saw, and carried
// out at the record's turn by the same planner, lease, brake and log. The world may have changed since: a partner that is
// taken, a value that changed, a record to be deleted or linked that was edited, a note that hangs on one to be deleted by now, a match that came up withdraw the order with a reason, and the person is asked again. One about
// the record that a merge left ends the link first. The end of an order is committed with its outcome, so after a crash it is
// found done, or done again. A delete is written down only while its order is open, and from then on nobody takes that back or decides otherwise.
//
// # Another tool
//
// A field that goes back and forth between the same two values three times within a day is most likely changed by another
// tool. It is put to rest (swing.go): it waits for a person like an open conflict, and goes on by itself when both sides
// have agreed for a day.
//
// # Children
//
// A task or note hangs on a contact (child.go). It is looked at through its contact: while that has no partner, it waits in the
// inbox and is nobody's business; then its partner hangs on the contact's partner, and only there is looked for one. It has no key, so it is
// recognised among the unlinked ones of both contacts by what it says, one to one (child_match.go): equals are paired in order, and what is merely
// alike only when there is one of each. A create of one that was not answered is found by what it was made of, which the intent keeps; that is also
// what the two agreed on, so that an edit meanwhile counts as one (madeFrom). Where a system lists children only contact by contact, those of
// contacts to whom something happened are read, and a few more in turn (child_read.go). Of two versions of a note both are kept, one under
// the other; done wins over open.
//
// # Deletes
//
// Absence never deletes. A record that a read does not find is suspected; when a second read ten minutes later does not
// find it either, the flow's policy decides (gone.go, fate.go): the partner is left alone, gets a tag that says so, waits
// for somebody who says delete or keep, or the record is made again, once, from what it held last (remake.go). A delete reads both
// records right before: the one has to be gone still, and the other as the person saw it. It is a sending, so it is told once (approve.go). What hangs on a record that is suspected waits until its
// parent is there again or gone (child.go), so the brake that holds an outage of contacts holds their tasks, too. Ids are
// remembered for ever and keys as keyed hashes for ninety days, so that nothing is made again behind a person's back.
package engine
