/* A link that asks first: its page asks too, so without scripts it is simply followed. */
addEventListener('click', e => {
  if (e.defaultPrevented || e.button || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return;
  const a = e.target.closest?.('a[data-opens]'), d = a && document.getElementById(a.dataset.opens);
  if (!d?.showModal) return;
  e.preventDefault();
  d.showModal();
});
