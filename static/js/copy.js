/* Copy buttons. The text lies in a readonly field beside the button, where it can be selected without any of this. */
(() => {
  document.documentElement.dataset.scripted = ''; // shows what only works with scripts
  addEventListener('click', async e => {
    const b = e.target.closest?.('[data-copy-button]'), field = b?.closest('[data-copy]')?.querySelector('input, textarea');
    if (!field) return;
    field.select();
    let done = false;
    try { await navigator.clipboard.writeText(field.value); done = true; } catch { done = document.execCommand('copy'); } // no clipboard without https
    const word = b.querySelector('[data-copy-word]'), was = word.dataset.copyWord;
    word.textContent = done ? 'Copied' : 'Selected';
    setTimeout(() => { word.textContent = was; }, 2500);
  });
})();
