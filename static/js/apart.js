/* Several forms on one page: sending one leaves what is typed in the others as it is, with what they say they saw, so that a colleague's
   change is noticed all the same. It is kept for the next page of the same address alone, and passwords never are. */
(() => {
  const forms = () => [...document.querySelectorAll('form[data-apart]')];
  const dirty = x => /^(checkbox|radio)$/.test(x.type) ? x.checked !== x.defaultChecked
    : x.matches('select') ? [...x.options].some(o => o.selected !== o.defaultSelected) : x.value !== x.defaultValue;
  const fields = f => [...f.elements].filter(x => x.name && !/^(password|submit|button|file|fieldset)$/.test(x.type));
  addEventListener('submit', e => {
    const all = forms();
    if (!all.includes(e.target)) return;
    const kept = all.map(f => f === e.target || !fields(f).some(x => x.type !== 'hidden' && dirty(x)) ? null : fields(f).map(x => [x.value, x.checked]));
    sessionStorage.setItem('apart', JSON.stringify({ at: location.pathname, kept }));
  });
  const was = JSON.parse(sessionStorage.getItem('apart') ?? 'null');
  sessionStorage.removeItem('apart');
  const all = forms();
  if (was?.at !== location.pathname || was.kept.length !== all.length) return;
  was.kept.forEach((values, i) => {
    const to = fields(all[i]);
    if (values?.length === to.length) to.forEach((x, j) => { [x.value, x.checked] = values[j]; });
  });
})();
