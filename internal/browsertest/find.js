// What tests find things on a page by, in the words of a person: what can be seen and what it is called.
// Chromium drops what is clicked or typed before a page was painted for the first time.
const ready = () => document.readyState === "complete" && performance.getEntriesByType("paint").length > 0;
// Notes whether the next click comes to an element, or to its label. What came from the server meanwhile may have put another one in its place.
const hear = (find) => {
  const was = find();
  window.couplet_heard = false;
  addEventListener("click", (c) => {
    const hit = (e) => e && (e.contains(c.target) || c.target.closest("label")?.control === e);
    if (hit(was) || hit(find())) window.couplet_heard = true;
  }, { capture: true, once: true });
  return true;
};
const shown = (e) => e.getClientRects().length > 0 && e.checkVisibility({ visibilityProperty: true });
const words = (s) => (s ?? "").replace(/\s+/g, " ").trim();
const called = (e) => words(e.getAttribute("aria-label") || e.innerText || e.value);
const pick = (list, name) => {
  const some = [...list].filter((e) => shown(e) && (!name || called(e).includes(name)));
  return some.find((e) => called(e) === name) ?? some[0];
};
const css = (selector, name) => pick(document.querySelectorAll(selector), name);
const testid = (id, name) => css(`[data-testid="${id}"]`, name);
const button = (name) => css("button, a.btn, a[role=button], summary, input[type=submit]", name);
const link = (name) => css("a[href]", name);
// A field is named by its label. Its control may be hidden under what is drawn, as a switch's is.
const field = (name) => {
  const label = pick(document.querySelectorAll("label, legend"), name);
  return label && (label.control ?? document.getElementById(label.htmlFor) ?? label.closest("fieldset")?.querySelector("input, select, textarea"));
};
// Where to put the mouse: the middle of what is shown, when it holds still and nothing lies over it.
const spot = (e) => {
  if (!e) return null;
  if (!shown(e) || getComputedStyle(e).opacity === "0") e = [...(e.labels ?? [])].find(shown) ?? e;
  e.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
  const box = [...e.getClientRects()].find((r) => r.width > 0 && r.height > 0);
  if (!box || e.disabled || e.getAttribute("aria-disabled") === "true") return null;
  const x = box.left + box.width / 2, y = box.top + box.height / 2;
  const hit = document.elementFromPoint(x, y);
  return hit && (e.contains(hit) || hit.closest("label")?.control === e) ? { x, y } : null;
};
