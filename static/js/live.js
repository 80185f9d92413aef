/* A stream that is over: the page shows how it ended. */
addEventListener('over', e => { if (e.target.matches?.('[hx-sse\\:close="over"]')) location.reload(); });
