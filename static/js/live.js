/* A stream that is over: the page shows how it ended. */
addEventListener('over', e => { if (e.target.matches?.('[hx-sse\\:close="over"]')) location.reload(); });

/* What a person opened in a part that changes by itself stays open. */
let opened = [];
addEventListener('htmx:sse:before:message', e => { opened = [...e.target.querySelectorAll('details[open][id]')].map(d => d.id); });
addEventListener('htmx:sse:after:message', () => { for (const id of opened) document.getElementById(id)?.setAttribute('open', ''); });
