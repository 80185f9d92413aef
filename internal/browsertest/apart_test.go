package browsertest

import "testing"

// TestSavingOneFormKeepsWhatIsTypedInAnother of the same page, and what it was seen to be: a colleague's change in between is noticed.
func TestSavingOneFormKeepsWhatIsTypedInAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "--contacts", "5")
	b := w.tab(t)
	h := mouse{b}
	b.open(w.made.SignIn)
	b.at("^/$")
	b.open("/settings/workspace")
	h.write(css("#hosts"), "hooks.example.com")
	h.write(css("#name"), "Harbor Pine")
	h.press(button("Save the name"))
	b.see(testid("said"))
	if got := ask[string](b, `document.querySelector("#hosts").value + " " + document.querySelector("#name").defaultValue`); got != "hooks.example.com Harbor Pine" {
		t.Fatalf("the page holds %q", got)
	}
	h.press(button("Save the hosts"))
	b.until("the hosts are saved", func() bool {
		return ask[string](b, `document.querySelector("#hosts").defaultValue`) == "hooks.example.com"
	})
	h.write(css("#hosts"), "mine.example.com")
	ask[bool](b, `fetch("/settings/workspace", { method: "POST", body: new URLSearchParams({ do: "hosts", hosts: "theirs.example.com", seen: document.querySelector("#hosts").form.elements.seen.value }) }).then((r) => r.ok)`)
	h.write(css("#name"), "Harbor")
	h.press(button("Save the name"))
	b.see(testid("said"))
	b.expect(409)
	h.press(button("Save the hosts"))
	b.see(testid("clash"))
}
