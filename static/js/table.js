/* A table of values in rows of two cells. A row is saved once both of its cells are filled or the person leaves it; Enter goes on to the
   next cell, the arrows to the row above or below, Alt with an arrow moves the row. What is pasted goes to the server in the field that
   serves pages without this module, so there is one reader of sheets. */
(() => {
  const cells = r => [...r.querySelectorAll('[data-cell]')];
  const half = r => { const c = cells(r); return c.length === 2 && !c[0].value.trim() !== !c[1].value.trim(); };
  const rows = c => [...c.closest('[data-table]').querySelectorAll('[data-row]')];
  let left = null; // a row that was changed and is not whole yet
  addEventListener('change', e => {
    if (e.target.matches?.('[data-sheet]')) return e.stopPropagation(); // its button sends it
    const r = e.target.matches?.('[data-cell]') && e.target.closest('[data-row]');
    if (r && half(r)) { left = r; e.stopPropagation(); }
  }, true);
  addEventListener('focusout', e => {
    const r = e.target.closest?.('[data-row]');
    if (!r || r !== left || r.contains(e.relatedTarget)) return;
    left = null;
    if (half(r) && e.relatedTarget?.type !== 'submit') r.closest('form')?.requestSubmit(); // a button sends it all itself
  });
  function swap(c, by) {
    const all = rows(c).filter(r => cells(r).length === 2), r = c.closest('[data-row]'), to = all[all.indexOf(r) + by];
    if (!all.includes(r) || !to || [r, to].some(x => cells(x).every(y => !y.value))) return;
    cells(r).forEach((x, i) => { const y = cells(to)[i]; [x.value, y.value] = [y.value, x.value]; });
    cells(to)[cells(r).indexOf(c)].focus();
    r.closest('form')?.requestSubmit();
  }
  addEventListener('keydown', e => {
    const c = e.target;
    if (!c.matches?.('[data-cell]') || e.isComposing || e.ctrlKey || e.metaKey || e.shiftKey) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[e.key], r = c.closest('[data-row]'), all = rows(c), i = all.indexOf(r), at = cells(r).indexOf(c);
    if (by && e.altKey) { if (c.matches('select')) return; e.preventDefault(); return swap(c, by); }
    if (by && !c.matches('select') && !c.list) { e.preventDefault(); const to = all[i + by] && cells(all[i + by]); return void to?.at(at - cells(r).length)?.focus(); }
    if (e.key !== 'Enter' || c.matches('select')) return;
    e.preventDefault();
    const next = cells(r)[at + 1] ?? (all[i + 1] && cells(all[i + 1])[0]);
    next ? next.focus() : r.closest('[data-table]').querySelector('[data-more]').click();
  });
  addEventListener('paste', e => {
    const t = e.target.matches?.('[data-cell]') && e.target.closest('[data-table]'), text = e.clipboardData?.getData('text/plain') ?? '';
    if (!t || !/[\t\n]/.test(text.trim())) return;
    e.preventDefault();
    t.querySelector('[data-sheet]').value = text; t.querySelector('[data-fill]').click();
  });
})();
