// Package sandbox runs the two pretend CRMs over real HTTP: HighLevel and
// User.com, each on a listener of its own, filled with invented people, and a
// third listener to control them (cli.md, section `couplet sandbox`).
//
// Beside its API each CRM has the pages that a person needs to connect an app:
// consent, keys, installed apps, automations. The third listener also has a page
// with both CRMs side by side, to edit contacts by hand (page.go). All pages work
// without JavaScript, under a policy that allows none, and say that they pretend.
//
// The people hold known traps, and Info says how many records must end linked,
// created and in review when the two sides are brought in step: computed here
// from the seeded data by the matching rule alone (expect.go), not by the product
// that is to be tested.
//
// Nothing of Couplet outside this folder is imported, so that product and sandbox
// cannot share a misreading of the vendors' fact sheets.
package sandbox
