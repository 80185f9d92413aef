/* A link that asks first: its page asks too, so without scripts it is simply followed. */
addEventListener('click', e => {
  if (e.defaultPrevented || e.button || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return;
  const a = e.target.closest?.('a[data-opens]'), d = a && document.getElementById(a.dataset.opens);
  if (!d?.showModal) return;
  e.preventDefault();
  d.showModal();
});

/* A link whose page is also shown beside: once it came into the drawer, that opens. A link followed to a new window is left alone, and what was shown before is not seen while the next one loads. */
addEventListener('htmx:after:swap', e => {
  const d = document.querySelector('dialog.drawer');
  if (d && !d.open && d.childElementCount && e.detail?.ctx?.target === d) d.showModal();
});
addEventListener('click', e => { if (e.target.matches?.('dialog.drawer')) e.target.close(); }); // beside it
