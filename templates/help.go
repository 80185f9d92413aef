package templates

// HelpPage says what the words mean, which keys there are, how Couplet decides, and what it keeps.
type HelpPage struct {
	Frame Frame
	Kept  []Term
	Docs  []Choice
}

// Term is a word, or a question, with what it means.
type Term struct{ Word, Means string }

// ourWords are those of the pages, in the order in which somebody meets them.
var ourWords = []Term{
	{"Flow", "What keeps one kind of record the same on both sides: which two accounts, which fields, what wins, and when it looks."},
	{"Record", "One contact, company, task or note in one system. Each system keeps its own words for it."},
	{"Linked", "Two records, one on each side, that Couplet takes for the same person, company, task or note."},
	{"Pair", "A field of one side and the field of the other side that it is kept the same as."},
	{"Map", "All pairs of a flow."},
	{"Step", "What is done to a value on its way from one side to the other: cut blanks, split a name, write a phone number in its full form."},
	{"Match key", "A field by which two records are recognised as the same, such as the email. It is used once, to find the partner; after that the link holds."},
	{"In step", "Both sides hold what was agreed, and nothing waits."},
	{"Preview", "What a flow would do, record by record, before it does it. Couplet rehearses: it reads both accounts and writes nothing."},
	{"Switch on, switch off", "A flow that is on looks by itself and writes what was approved. Switching it off stops it at once and loses nothing."},
	{"Run", "Each time that a flow looks at both accounts and brings them into step. Its page shows what it did to which record."},
	{"Created, updated, the same, skipped, needs you, failed", "The six things that a run can come to with a record. Skipped is left alone by your rule; failed was not accepted, and is tried again."},
	{"Needs you", "Something that only a person can decide. It waits, and nothing is written there until then."},
	{"Brake", "The most that one run may change. Beyond it a run stops and asks, so that a mistake stays small."},
	{"Undo", "Puts back the values that a run replaced, where nobody has changed them since."},
	{"Key", "What an account gave Couplet so that it may read and write there. It is sealed on this server. One that ends by itself renews by itself."},
	{"Told of changes", "The system calls Couplet when a record changes, so that a flow can look at once instead of at its next time."},
	{"Requests, allowance", "Each question to a system is a request, and each system allows only so many in a time. Couplet stays below that."},
}

// theirWords are those that systems and their help pages use.
var theirWords = []Term{
	{"API", "The door of a system for programs. What a person does on its pages, a program does there. All that Couplet knows of an account comes through it."},
	{"Endpoint", "One address behind that door, for one thing: list contacts, change a task. We say what is done instead of naming the address."},
	{"OAuth", "The way in which a system asks you whether Couplet may come in, without your password ever leaving it. We call it consent."},
	{"Scope", "One thing that you allow when you agree, such as reading contacts. We call it a permission."},
	{"Token, access token, refresh token", "What the system gives after you agreed, and what gets a new one when it ends. We call both the key, and say that it renews."},
	{"Webhook", "A call that a system makes by itself when something has changed. We say that it tells of changes. Couplet takes it for a hint and reads the record again."},
	{"Rate limit", "How many requests a system answers in a time. We call it the allowance."},
	{"Sync, integration", "Keeping two systems the same. We call one such thing a flow, and say that it is in step."},
	{"Field mapping, transform", "Which field belongs to which, and how a value is changed on its way. We say pair and step."},
	{"Primary key, deduplication", "What tells one record from all others, and finding those that exist twice. We say match key."},
	{"Conflict", "Both sides were changed since they last agreed. Your rule decides; where it says ask, it needs you."},
	{"Dry run", "A run that writes nothing. We call it a rehearsal, and what it shows a preview."},
	{"Polling", "Asking again and again whether something changed. A flow does it at the times that you set, also where the system tells of changes."},
	{"Idempotent", "Done twice it comes to the same as done once. Couplet makes nothing twice, also when an answer was lost or the server was switched off in between."},
}

// decides is how a value comes to be what it is.
var decides = []Term{
	{"What is compared", "For each pair Couplet remembers what each side showed when the two last agreed. It compares a side only with what that side itself showed."},
	{"One side changed", "Its value goes to the other side, through the steps of the pair."},
	{"Both sides changed", "If they came to the same, nothing is written. Otherwise the rule of the pair or the flow decides. The value that gives way is kept, and can be put back from the record's page."},
	{"Neither changed", "Nothing is written, even where the two differ. A flow that you switch on changes only what the preview showed."},
	{"Emptied", "An emptied field does not empty the other one, unless you chose that for the flow or the pair."},
	{"Not to be contacted", "A wish not to be contacted holds on both sides, whatever else wins, and no flow takes it back."},
	{"Which two belong together", "Found once, by the match keys in their order. A key that several records share identifies nobody: then it needs you."},
	{"Deleted", "What is missing in a list is never taken for deleted. A record that is not found twice, ten minutes apart, counts as gone; then the flow's rule for deleted records holds."},
	{"Too much at once", "A run that would change more than the brake allows, or that goes beyond what was approved, stops and asks."},
	{"Your own changes", "The last look before each write is at the record itself, and only the fields that changed are sent. Whatever somebody edits elsewhere in the record stays."},
}

// keyRules are what the keyboard does, by where.
var keyRules = []struct{ Where, Key, Does string }{
	{"Everywhere", "Tab, Shift Tab", "To the next and the previous thing. The first stop of each page is “Skip to content”."},
	{"Everywhere", "/", "To the search of the page, or where it has none, to “Find a record”."},
	{"Everywhere", "Esc", "Closes a dialog or a menu, and goes back to where you were."},
	{"Lists", "J, K", "The next and the previous line."},
	{"Needs you, two values", "1, 2, E", "Keep the first side’s, keep the second side’s, or write another one."},
	{"The map", "↑ ↓ Home End", "Through the fields of a side. ← and → go to the other side."},
	{"The map", "Enter or Space", "Picks a field up and goes to the partner that fits best. Again: the two are a pair."},
	{"The map", "Esc", "Lets go. Nothing is changed."},
}
