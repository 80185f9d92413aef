package engine_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"couplet/internal/engine"
)

// reasons are all that the engine stores; {side} ones end in _a or _b.
var reasons = strings.Fields(`in_sync changed_a changed_b new_a new_b blank if_empty first_fill first_same filled same_change one_way
	blank_kept a_wins b_wins newest newest_tie richer union ask shortened merged most_restrictive not_writable_a not_writable_b
	not_shown_a not_shown_b ignored_a ignored_b altered_a altered_b unfinished_a unfinished_b torn_a torn_b refused_a refused_b
	matched_by_content matched_by_likeness matched_by_made required_a required_b owner_unknown_a owner_unknown_b link_unknown_a link_unknown_b most_advanced keep_both
	matched_by_email matched_by_phone matched_by_name matched_by_domain matched_by_stamp no_key shared_key keys_disagree linked_elsewhere deleted_earlier
	made_by_us held_there gone_a gone_b tagged_a tagged_b restored_a restored_b deleted_again_a deleted_again_b merged_there_a merged_there_b back swinging calm
	left_alone matched_by_person chosen_a chosen_b put left_different gone_meanwhile linked_meanwhile partner_taken partner_gone
	changed_since_preview from_now out_of_scope match_found other_parent changed_since not_single not_mapped unreadable taken_back
	undo undo_back undo_changed_a undo_changed_b undo_newer_a undo_newer_b undo_parted undo_unpaired undo_one_way_a undo_one_way_b undo_consent
	undo_created_a undo_created_b undo_gone_a undo_gone_b undo_deleted_a undo_deleted_b
	undo_pristine_a undo_pristine_b undo_touched_a undo_touched_b undo_kin_a undo_kin_b undo_shared_a undo_shared_b undo_unproven_a undo_unproven_b unmade_a unmade_b
	to_delete_a to_delete_b erased_a erased_b kept_a kept_b there_again not_deleted_a not_deleted_b kin_since_a kin_since_b kin_unproven_a kin_unproven_b`)

func TestEveryReasonHasASentence(t *testing.T) {
	t.Parallel()
	for _, r := range reasons {
		text := engine.Explain(r, [2]string{"Left", "Right"})
		if text == r || strings.ContainsAny(text, "{}_") {
			t.Errorf("%s: %q", r, text)
		}
	}
}

// explained looks at everything that the runs of a test stored: each reason has a sentence and is in the list above.
func (w *world) explained() {
	ctx := context.WithoutCancel(w.t.Context()) // that one ends before the clean-up begins
	runs, err := w.st.Runs(ctx, ws, "", 10000, "")
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range runs {
		list, err := w.st.Entries(ctx, ws, r.ID, "", 100000, "")
		if err != nil {
			w.t.Fatal(err)
		}
		for _, e := range list {
			if e.Reason != "" && e.Result != engine.ResultFailed && !slices.Contains(reasons, e.Reason) {
				w.t.Errorf("%s entry with the unknown reason %q", e.Result, e.Reason)
			}
			for _, f := range e.Fields {
				if !slices.Contains(reasons, f.Rule) {
					w.t.Errorf("field %s with the unknown reason %q", f.Field, f.Rule)
				}
			}
		}
	}
}
