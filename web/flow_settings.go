package web

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"couplet/internal/flow"
	"couplet/internal/mapping"
	"couplet/templates"
)

// setting is a setting of a flow in words: what it is called on its own and in a sentence, whether it is one of the rules of the
// map, and what it says.
type setting struct {
	label, short string
	rule         bool
	say          func(w flowWords, f flow.Flow) string
}

// settingWords are all settings of a flow, by what a flow file calls them.
var settingWords = map[string]setting{
	"name":     {"Name", "the name", false, func(_ flowWords, f flow.Flow) string { return f.Name }},
	"template": {"Template", "the template", false, func(_ flowWords, f flow.Flow) string { return f.Template }},
	"object":   {"What it keeps in step", "what it keeps in step", false, func(_ flowWords, f flow.Flow) string { return f.Object }},
	"connections": {"Accounts", "the accounts", false, func(w flowWords, f flow.Flow) string {
		return cmp.Or(w.conns[f.Connections[0]], "one that is gone") + " and " + cmp.Or(w.conns[f.Connections[1]], "one that is gone")
	}},
	"direction": {"Which way the whole flow goes", "its direction", true, func(w flowWords, f flow.Flow) string { return w.board.wayWords(f.Direction) }},
	"match":     {"What makes two records the same", "what makes two records the same", true, func(_ flowWords, f flow.Flow) string { return matchSays(f) }},
	"conflict": {"If both sides changed the same field", "what counts where both sides changed", true, func(w flowWords, f flow.Flow) string {
		return w.board.policyWords(cmp.Or(f.Conflict, mapping.Newest))
	}},
	"blank": {"If a value was emptied on one side", "what an emptied value does", true, func(_ flowWords, f flow.Flow) string {
		return map[bool]string{false: "Leave the other side as it is", true: "Empty the other side too"}[f.Blank == mapping.Clear]
	}},
	"region": {"Phone numbers without + belong to", "the country of phone numbers", true, func(_ flowWords, f flow.Flow) string { return regionSays(f.Region) }},
	"delete": {"If a record is deleted on one side", "what happens to deleted records", true, func(_ flowWords, f flow.Flow) string {
		return deleteWords[cmp.Or(f.Delete, flow.Detach)].option
	}},
	"scope": {"Which records", "which records it is about", false, func(_ flowWords, f flow.Flow) string {
		return map[flow.ScopeKind]string{flow.ScopeNew: "Only what is new or changes from then on", flow.ScopeThese: "These records"}[f.Scope.Only] + map[bool]string{true: "Everything"}[f.Scope.Only == ""]
	}},
	"records": {"The records", "the list of records", false, func(_ flowWords, f flow.Flow) string { return strings.Join(f.Scope.Records, ", ") }},
	"watch": {"Only watch", "whether it only watches", false, func(_ flowWords, f flow.Flow) string {
		return map[bool]string{true: "Yes, it writes nothing", false: "No"}[f.Watch]
	}},
	"schedule": {"When it looks", "when it looks", false, func(_ flowWords, f flow.Flow) string { return templates.ScheduleWords(f.Schedule) }},
	"brake": {"The brake", "the brake", false, func(_ flowWords, f flow.Flow) string {
		return f.Brake.Change.String() + " of changes, " + f.Brake.Delete.String() + " of partners lost"
	}},
	"retry": {"When something is not taken", "how often it tries", false, func(_ flowWords, f flow.Flow) string {
		return fmt.Sprintf("%s, with pauses from %s to %s", templates.Count(f.Retry.MaxAttempts, "try", "tries"), spanSays(f.Retry.Base.D()), spanSays(f.Retry.Max.D()))
	}},
}

func matchSays(f flow.Flow) string {
	if len(f.Match) == 0 {
		return "What they say, contact by contact"
	}
	return matchWords(f.Match)
}

// spanSays is a length of time: "2 seconds", "6 hours".
func spanSays(d time.Duration) string {
	number, unit := spanOf(d)
	word := map[string]string{"s": "second", "m": "minute", "h": "hour"}[unit]
	if number != "1" {
		word += "s"
	}
	return number + " " + word
}

func regionSays(code string) string {
	for _, r := range mapping.Regions() {
		if r.Code == cmp.Or(code, "US") {
			return r.Name
		}
	}
	return code
}
