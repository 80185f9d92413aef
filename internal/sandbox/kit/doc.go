// Package kit holds what every pretend CRM needs and no CRM owns: a clock that
// can be moved, faults that strike at stated rates, sliding-window rate limits,
// call counters, an outgoing webhook sender, a middleware that puts all of it
// around a handler, codes and refresh tokens that are used once (grants.go), the
// look of pages (pages.go), and the seeded people both sides are filled with.
//
// It knows nothing of any vendor. A CRM package decides what an answer looks
// like; kit only decides when an answer is late, lost or wrong. The names of
// the faults are those of `couplet sandbox --fault NAME=RATE`.
//
// Faults that need to understand a body (ignore-field, created-422, revoke) are
// asked for by the CRM itself with Faults.Hit; before, after and timeout are
// done by Wrap, at their rates or armed for one call (once.go); lose, double and shuffle are done by Hooks.
package kit
