package engine

import (
	"cmp"
	"strings"
)

// why maps the short name of a reason to a sentence; {a}, {b} stand for the two systems and {side} for the one that the
// reason's suffix names. Every reason that the engine stores has a line here (explain_test.go).
var why = map[string]string{
	"in_sync":             "nothing changed",
	"changed":             "changed in {side}",
	"new":                 "new in {side}",
	"blank":               "empty in the record it was made from",
	"first_fill":          "empty on one side when the records were matched, so it was filled",
	"first_same":          "the same on both sides when the records were matched",
	"filled":              "changed on both sides, and one of them was left empty, so it was filled",
	"same_change":         "both sides made the same change",
	"one_way":             "this pair goes only one way, so the difference is left alone",
	usedInstead:           "empty on both sides, so it was filled with what this pair uses then",
	"blank_kept":          "emptied on one side; an empty value does not delete the other",
	"a_wins":              "changed on both sides; {a} wins by your rule",
	"b_wins":              "changed on both sides; {b} wins by your rule",
	"newest":              "changed on both sides; the change seen last wins by your rule",
	"newest_tie":          "changed on both sides between two looks, so no order can be told; {a} stands",
	"richer":              "changed on both sides; the fuller value wins by your rule",
	"union":               "changed on both sides; the fuller value wins by your rule",
	"most_advanced":       "changed on both sides; done wins over open",
	"keep_both":           "changed on both sides; both versions are kept, one under the other",
	"ask":                 "changed on both sides; you decide",
	"shortened":           "one value looks like a shortening of the other; the fuller one is kept",
	"merged":              "both lists were joined, element by element",
	"most_restrictive":    "a wish not to be contacted holds on both sides",
	"owner_unknown":       "{side} has nobody with the email of the person it is assigned to, so the assignment was left as it is there",
	"link_unknown":        "the company it belongs to has no partner in {side} yet, so that was left as it is there; it goes over when it has one",
	"not_writable":        "{side} does not allow this field to be changed from outside",
	"not_shown":           "{side} did not show this field",
	"ignored":             "{side} answered with success and left the field as it was",
	"altered":             "{side} stored the value in its own form",
	"unfinished":          "sent and not taken yet",
	"torn":                "{side} had taken only a part of it, so it was sent again",
	"refused":             "{side} did not accept the value",
	"matched_by_email":    "matched by email",
	"matched_by_phone":    "matched by phone",
	"matched_by_name":     "matched by name",
	"matched_by_domain":   "matched by the domain of the website",
	"matched_by_stamp":    "recognised by our reference: an earlier create whose answer was lost",
	"matched_by_content":  "it says the same as one that hangs on the same contact",
	"matched_by_likeness": "the only one on the same contact that looks like it",
	"matched_by_made":     "recognised by what it says: an earlier create whose answer was lost",
	"required":            "{side} takes no such record without it, so it was filled in there",
	"no_key":              "it has no email and no phone to match by",
	"shared_key":          "its email or phone belongs to more than one record",
	"keys_disagree":       "its email and phone lead to different records",
	"linked_elsewhere":    "the record that matches already has a partner",
	"deleted_earlier":     "a record with this email or phone was deleted earlier",
	"made_by_us":          "it carries our reference, and the record it was made from is gone or has another partner",
	"held_there":          "the other side refused to create it because another record there holds its email or phone",
	unapproved:            "what would be written is not what the approved preview showed",
	fromNow:               "it was there before the flow was switched on, so it is left as it is until it changes",
	elsewhere:             "it is none of the records that the flow is about",
	"left_alone":          "{who} said that it is to be left without a partner",
	"matched_by_person":   "{who} said that the two belong together",
	"chosen":              "{who} decided that the value of {side} counts",
	"put":                 "{who} put this value here",
	"left_different":      "{who} decided to leave the two values different",
	"gone_meanwhile":      "what {who} decided was withdrawn: a record that it was about is gone",
	"linked_meanwhile":    "what {who} decided was withdrawn: the record got a partner meanwhile",
	"partner_taken":       "what {who} decided was withdrawn: the other record got a partner meanwhile",
	"partner_gone":        "what {who} decided was withdrawn: the other record is gone",
	"other_parent":        "what {who} decided was withdrawn: the other record hangs on another contact",
	"match_found":         "what {who} decided was withdrawn: a record with the same email or phone came up on the other side",
	"changed_since":       "what {who} decided was withdrawn: a value changed since",
	"not_single":          "what {who} decided was withdrawn: lists and wishes not to be contacted are joined, never chosen",
	"not_mapped":          "what {who} decided was withdrawn: the field is in no pair of the flow any more",
	"unreadable":          "what {who} decided was withdrawn: the value cannot be put into the other system's terms",
	"taken_back":          "{who} took the decision back",
	"gone":                "deleted in {side}; its partner is left alone",
	"tagged":              "deleted in {side}; its partner got the tag “deleted in {side}”",
	"restored":            "deleted in {side}, and made again from what it held last",
	"to_delete":           "deleted in {side}; somebody decides whether its partner is deleted, too",
	"erased":              "deleted in {side}, and then here: {who} decided it",
	"kept":                "deleted in {side}; {who} decided that its partner is kept",
	"there_again":         "what {who} decided was withdrawn: the record that was gone is there again",
	"kin_since":           "what {who} decided was withdrawn: something was added to the record in {side} since, and would have gone with it",
	"kin_unproven":        "what {who} decided was withdrawn: whether something was added to the record in {side} since cannot be told, so it was left there; delete it there by hand",
	"not_deleted":         "what {who} decided was withdrawn: {side} did not delete the record",
	"deleted_again":       "it was made again once, and somebody deleted it in {side} again",
	"merged_there":        "its partner is gone in {side}, and another record there holds its email, phone or tasks: most likely the two were merged",
	"swinging":            "another tool keeps changing it back and forth between the same two values, so it is left alone; you decide",
	"calm":                "both sides have said the same for a day, so it goes on by itself",
	"undo":                "given back what was there before",
	"undo_back":           "it shows already what was there before",
	"undo_changed":        "changed in {side} since, so it was left",
	"undo_newer":          "changed in {side} since, and that change goes over first; so it was left",
	"undo_parted":         "the two records belong together no more, so nothing was given back",
	"undo_unpaired":       "these fields are not paired any more, so it was left",
	"undo_one_way":        "this pair does not go to {side} any more, so it was left",
	"undo_consent":        "a wish not to be contacted is taken back by hand only, in the system itself",
	"undo_created":        "this run made the record in {side}; it was left there",
	"undo_deleted":        "this run deleted the record in {side}, as somebody decided; nothing brings it back, and what it held last stands in the log of that run",
	"undo_pristine":       "this run made the record in {side}, and nobody touched it since; it stays unless it is to be deleted",
	"undo_touched":        "this run made the record in {side}; it was changed since, so it was left there",
	"undo_kin":            "this run made the record in {side}; something hangs on it by now, so it was left there",
	"undo_shared":         "this run made the record in {side}; another flow keeps it in step too, so it was left there",
	"undo_unproven":       "this run made the record in {side}; whether somebody touched it since cannot be told, so it was left there",
	"unmade":              "deleted in {side} by an undo: the run had made it, and nobody had touched it since",
	"undo_gone":           "the record is gone in {side}, so nothing was given back",
	"back":                "it was gone and is there again, so the two go on together",
}

// whyOf are the reasons that sound otherwise for one object, because its records are matched by other keys.
var whyOf = map[string]map[string]string{"company": {
	"no_key":          "it has no name to match by",
	"shared_key":      "its name, website or email belongs to more than one company",
	"keys_disagree":   "its name, website and email do not lead to one and the same company",
	"deleted_earlier": "a company with this name, website or email was deleted earlier",
	"match_found":     "what {who} decided was withdrawn: a company with the same name, website or email came up on the other side",
	"merged_there":    "its partner is gone in {side}, and another company there holds its name, website or email: most likely the two were merged",
}}

// Explain says a reason in words. names are what the two systems are called.
func Explain(reason string, names [2]string) string { return ExplainOf("", reason, names, "") }

// ExplainOf is Explain for a reason that is about a record of an object, and for what a person decided, who is named.
func ExplainOf(object, reason string, names [2]string, who string) string {
	find := func(reason string) (string, bool) {
		if text, ok := whyOf[object][reason]; ok {
			return text, true
		}
		text, ok := why[reason]
		return text, ok
	}
	text, ok := find(reason)
	side := ""
	if !ok {
		stem, suffix, _ := cutLast(reason, "_")
		text, ok = find(stem)
		if ok && suffix == A.String() {
			side = names[A]
		} else if ok && suffix == B.String() {
			side = names[B]
		}
	}
	if !ok {
		return reason
	}
	return strings.NewReplacer("{a}", names[A], "{b}", names[B], "{side}", side, "{who}", cmp.Or(who, "a person")).Replace(text)
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// brokenText says what keeps the first field of a plan that cannot be carried out from arriving.
func brokenText(d Decision) string {
	for i := range d.Fields {
		if f := &d.Fields[i]; f.Outcome == Broken {
			return f.Rule.Key + ": " + f.Problem
		}
	}
	return ""
}
