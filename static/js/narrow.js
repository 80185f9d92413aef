/* A list that a field narrows while one types, and the arrow keys through it. Without scripts the field's form finds the same. */
const list = q => document.getElementById(q.dataset.narrows);
const shown = ul => [...ul.querySelectorAll('li:not([hidden]) :is(a, button)')];
addEventListener('input', e => {
  const q = e.target.closest?.('[data-narrows]'), ul = q && list(q);
  if (!ul) return;
  const text = q.value.trim().toLowerCase();
  for (const li of ul.children) li.hidden = !li.dataset.name.toLowerCase().includes(text);
  const none = ul.parentElement.querySelector('[data-none]');
  if (none) none.hidden = shown(ul).length > 0;
});
addEventListener('keydown', e => {
  const opener = e.target.closest?.('[popovertarget]'), open = opener && document.getElementById(opener.getAttribute('popovertarget'));
  const box = e.target.closest?.('.clients') ?? (e.key !== 'Enter' && open?.matches('.clients:popover-open') ? open : null), q = box?.querySelector('[data-narrows]'), ul = box?.querySelector('ul');
  if (!ul || !/^(ArrowDown|ArrowUp|Enter)$/.test(e.key)) return;
  const all = shown(ul), i = all.indexOf(document.activeElement);
  if (e.key === 'Enter') { if (e.target === q && q.value && all.length) { e.preventDefault(); all[0].click(); } return; } // what was narrowed to
  e.preventDefault();
  (e.key === 'ArrowUp' && i < 1 && q ? q : all[Math.max(0, Math.min(all.length - 1, i + (e.key === 'ArrowDown' ? 1 : -1)))])?.focus();
});
