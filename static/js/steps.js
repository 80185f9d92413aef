/* Steps of a pair: dragging one to another place comes to the same as pressing Up or Down, and formulas complete what is
   typed. Nothing is bound to a step, so htmx may swap any of them at any time; without this module all of it works by buttons. */
(() => {
  /* Drag. The form says "from:to" in its field "move" and is sent like any other change. */
  let drag = null;
  const cards = s => [...s.closest('[data-steps]').querySelectorAll(':scope > [data-step]')];
  function over(x, y) { // the step under the pointer, or the nearest in the way it goes
    const all = cards(drag.card);
    let best = drag.card, least = Infinity;
    for (const c of all) {
      const r = c.getBoundingClientRect(), dx = Math.max(r.left - x, 0, x - r.right), dy = Math.max(r.top - y, 0, y - r.bottom), d = Math.hypot(dx, dy);
      if (d < least) { least = d; best = c; }
    }
    return least < 80 ? best : drag.card;
  }
  function stop() {
    if (!drag) return;
    document.querySelectorAll('[data-step]:is(.held, .there)').forEach(c => c.classList.remove('held', 'there'));
    drag = null;
  }
  addEventListener('pointerdown', e => {
    const grip = e.target.closest?.('[data-step] [data-grip]');
    if (!grip || e.button) return;
    e.preventDefault();
    drag = { id: e.pointerId, card: grip.closest('[data-step]'), x: e.clientX, y: e.clientY, on: false };
    grip.setPointerCapture?.(e.pointerId);
  });
  addEventListener('pointermove', e => {
    if (!drag || e.pointerId !== drag.id || !drag.on && Math.hypot(e.clientX - drag.x, e.clientY - drag.y) < 5) return;
    drag.on = true; drag.card.classList.add('held');
    const to = over(e.clientX, e.clientY);
    if (to === drag.to) return;
    drag.to?.classList.remove('there'); drag.to = to;
    if (to !== drag.card) to.classList.add('there');
  });
  addEventListener('pointerup', e => {
    if (!drag || e.pointerId !== drag.id) return;
    const { card, to, on } = drag, all = cards(card), from = all.indexOf(card), there = all.indexOf(to);
    stop();
    const form = card.closest('form');
    if (!on || !form || there < 0 || there === from) return;
    form.querySelector('[data-move]').value = from + ':' + there;
    form.requestSubmit();
  });
  addEventListener('pointercancel', stop);
  addEventListener('keydown', e => { if (e.key === 'Escape' && drag) stop(); });
  addEventListener('htmx:before:swap', stop);

  /* Formulas. The words to choose from are on the page: what is typed before the caret narrows them down. */
  const box = t => document.getElementById(t.id + '-list');
  const terms = t => [...document.querySelectorAll(`[data-terms="${t.id}"] [data-put]`)];
  const begun = t => /[A-Za-z_][A-Za-z0-9_]*$/.exec(t.value.slice(0, t.selectionStart))?.[0] ?? '';
  const shown = t => { const b = box(t); return b && !b.hidden ? [...b.children] : []; };
  let offering = null;
  function close(t) { offering = null; const b = box(t); if (b) { b.hidden = true; b.replaceChildren(); } t.removeAttribute('aria-activedescendant'); }
  function choose(t, li) {
    const b = box(t);
    for (const x of b.children) x.setAttribute('aria-selected', x === li);
    t.setAttribute('aria-activedescendant', li.id); li.scrollIntoView({ block: 'nearest' });
  }
  function offer(t) {
    const word = begun(t), b = box(t);
    if (!b) return;
    const fit = word ? terms(t).filter(x => x.dataset.put.toLowerCase().startsWith(word.toLowerCase()) && x.dataset.put !== word).slice(0, 8) : [];
    if (!fit.length) return close(t);
    b.replaceChildren(...fit.map((x, i) => {
      const li = document.createElement('li'), small = document.createElement('small');
      li.id = b.id + '-' + i; li.role = 'option'; li.dataset.put = x.dataset.put; li.textContent = x.dataset.put;
      small.textContent = x.lastElementChild.textContent; li.append(small);
      return li;
    }));
    offering = t; b.hidden = false; t.setAttribute('aria-controls', b.id); choose(t, b.firstElementChild);
  }
  function put(t, li) {
    const word = begun(t), at = t.selectionStart;
    t.setRangeText(li.dataset.put, at - word.length, at, 'end');
    close(t); t.focus();
    t.dispatchEvent(new Event('input', { bubbles: true }));
    close(t);
  }
  addEventListener('input', e => { if (e.target.matches?.('[data-formula]')) offer(e.target); });
  addEventListener('keydown', e => {
    const t = e.target;
    if (!t.matches?.('[data-formula]') || e.isComposing) return;
    const all = shown(t), i = all.findIndex(x => x.getAttribute('aria-selected') === 'true');
    if (!all.length) return;
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') choose(t, all[(i + (e.key === 'ArrowDown' ? 1 : all.length - 1)) % all.length]);
    else if (e.key === 'Enter' || e.key === 'Tab' && !e.shiftKey) put(t, all[i]);
    else if (e.key === 'Escape') close(t);
    else return;
    e.preventDefault(); e.stopPropagation();
  }, true);
  addEventListener('pointerdown', e => {
    const li = e.target.closest?.('.complete > li');
    if (li) { e.preventDefault(); put(document.getElementById(li.parentElement.id.slice(0, -'-list'.length)), li); }
  });
  addEventListener('htmx:after:swap', () => { // what was offered is no part of what came
    const t = document.activeElement;
    if (t?.matches?.('[data-formula]') && t === offering) offer(t);
  });
  addEventListener('focusout', e => { if (e.target.matches?.('[data-formula]')) close(e.target); });
  addEventListener('click', e => { // from an error to its place
    const b = e.target.closest?.('[data-goto]'), t = b && document.getElementById(b.dataset.goto);
    if (!t) return;
    t.focus();
    const units = n => [...t.value].slice(0, n).join('').length; // the page counts characters, the field counts halves of some
    t.setSelectionRange(units(+b.dataset.from), units(+b.dataset.till));
  });
})();
