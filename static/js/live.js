/* A stream that is over: the page shows how it ended. */
addEventListener('over', e => { if (e.target.matches?.('[hx-sse\\:close="over"]')) location.reload(); });

/* What a person opened in a part that changes by itself stays open. */
let opened = [];
addEventListener('htmx:sse:before:message', e => { opened = [...e.target.querySelectorAll('details[open][id]')].map(d => d.id); });
addEventListener('htmx:sse:after:message', () => { for (const id of opened) document.getElementById(id)?.setAttribute('open', ''); });

/* A page that was left keeps no stream: the browser may keep the page itself for the way back, and has six connections for all of them.
   Whoever comes back gets it as it is now. */
addEventListener('pagehide', () => {
  for (const e of document.querySelectorAll('[hx-sse\\:connect]')) {
    e.dispatchEvent(new Event('htmx:abort')); // one that is only being asked for
    const c = e._htmx?.sse;
    c?.abortController?.abort(); c?.reader?.cancel();
  }
});
addEventListener('pageshow', e => { if (e.persisted) location.reload(); });
