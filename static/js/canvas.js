/* The canvas of an automation: dragging a step to a place comes to the same as its buttons, and a value goes where the caret is.
   Nothing is bound to a card, so htmx may swap any of them at any time; without this module all of it works by buttons. */
(() => {
  let drag = null;
  const column = () => document.querySelector('[data-stps]');
  function nearest(x, y) { // the place under the pointer, or the nearest; none inside what is dragged
    let best = null, least = 120;
    for (const p of column().querySelectorAll('[data-place]')) {
      if (drag.card.contains(p)) continue;
      const r = p.getBoundingClientRect(), d = Math.hypot(Math.max(r.left - x, 0, x - r.right), Math.max(r.top - y, 0, y - r.bottom));
      if (d < least) { least = d; best = p; }
    }
    return best;
  }
  function stop() {
    if (!drag) return;
    document.querySelectorAll('.lifting, .held, .there').forEach(e => e.classList.remove('lifting', 'held', 'there'));
    drag = null;
  }
  addEventListener('pointerdown', e => {
    const grip = e.target.closest?.('[data-lift]');
    if (!grip || e.button) return;
    e.preventDefault();
    drag = { id: e.pointerId, grip, card: grip.closest('[data-card]'), x: e.clientX, y: e.clientY };
    grip.setPointerCapture?.(e.pointerId);
  });
  addEventListener('pointermove', e => {
    if (!drag || e.pointerId !== drag.id || !drag.on && Math.hypot(e.clientX - drag.x, e.clientY - drag.y) < 5) return;
    if (!drag.on) { drag.on = true; drag.card.classList.add('held'); column().classList.add('lifting'); }
    const to = nearest(e.clientX, e.clientY);
    if (to === drag.to) return;
    drag.to?.classList.remove('there'); drag.to = to; to?.classList.add('there');
  });
  addEventListener('pointerup', e => {
    if (!drag || e.pointerId !== drag.id) return;
    const { grip, to } = drag, form = document.getElementById('form-do');
    stop();
    if (!to || !form) return;
    form.querySelector('[data-lifted]').value = grip.dataset.lift + '>' + to.dataset.place;
    form.requestSubmit();
  });
  addEventListener('pointercancel', stop);
  addEventListener('keydown', e => { if (e.key === 'Escape') stop(); });
  addEventListener('htmx:before:swap', stop);

  let caret = null; // where one was in a text before the list of values was opened
  addEventListener('focusout', e => { if (e.target.matches?.('.insp :is(input[type="text"], textarea)')) caret = { id: e.target.id, at: e.target.selectionStart }; });
  addEventListener('click', e => {
    const b = e.target.closest?.('[data-pill]'), t = b && document.getElementById(b.closest('[data-into]').dataset.into);
    if (t?.matches('input, textarea')) { // anything else takes it from the form
      e.preventDefault();
      const list = t.form?.querySelector('[name="values"]'); if (list) list.value = ''; // it is closed with the answer
      const at = caret?.id === t.id ? caret.at : t.value.length;
      const before = t.value.slice(0, at).trimEnd();
      t.setRangeText('member' in b.dataset && before && !before.endsWith(',') ? ', ' + b.dataset.pill : b.dataset.pill, at, at, 'end');
      t.focus();
      t.dispatchEvent(new Event('input', { bubbles: true }));
      return;
    }
    if (e.target.closest?.('.stp-menu')) e.target.closest('.stp-menu').hidePopover?.();
    if (e.target.closest?.('.plus.on a')) { const q = document.getElementById('oq'); if (q) { e.preventDefault(); q.focus(); } }
  });
  addEventListener('htmx:after:swap', () => { for (const d of document.querySelectorAll('.rename[open]')) if (!d.contains(document.activeElement)) d.open = false; });
})();
