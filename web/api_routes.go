package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"couplet/internal/command"
	"couplet/internal/connector"
)

// apiRoute is one line of the list of everything that programs may ask for. The router and the description at openapi.json are
// both made of it.
type apiRoute struct {
	method, path string // the path without apiPath
	who          who
	// name is unique and says is one sentence about it, both for the description.
	name, says string
	// asks are the names of what may stand in the query, of apiQuery.
	asks []string
	// takes is the zero value of what the body is, nil for none; gives of what the answer is, nil for anything.
	takes, gives any
	// status is that of success, 200 unless set; refuses are statuses of refusals that not every route has.
	status  int
	refuses []int
	do      func(c echo.Context, d command.Desk) (any, error)
}

// apiRoutes is everything that programs may ask for.
func (s *Server) apiRoutes() []apiRoute {
	const get, post = http.MethodGet, http.MethodPost
	none, later := []int{http.StatusNotFound}, []int{http.StatusNotFound, http.StatusConflict}
	decided := []int{http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity}
	return []apiRoute{
		{method: get, path: "", who: viewer, name: "whoami", says: "Which token this is, and what it may do.", gives: WhoDoc{}, do: s.apiWho},
		{method: get, path: "/openapi.json", who: anyone, name: "description", says: "This description.", do: s.apiSpec},
		{method: get, path: "/guide", who: anyone, name: "guide", says: "A short guide with examples, as text.", gives: guideText{}, do: s.apiGuide},

		{method: get, path: "/flows", who: viewer, name: "listFlows", says: "All flows.", gives: command.FlowsDoc{}, do: s.apiFlows},
		{method: get, path: "/flows/:flow", who: viewer, name: "showFlow", says: "One flow.", gives: command.FlowDoc{}, refuses: none, do: s.apiFlow},
		{method: post, path: "/flows/:flow/run", who: editor, name: "runFlow", says: "Runs a flow once, as `couplet run` does, without waiting for its end. With dry_run it writes nothing and shows what would change, also of a flow that is off.",
			takes: RunIn{}, gives: StartedDoc{}, status: http.StatusAccepted, refuses: later, do: s.apiRun},
		{method: get, path: "/flows/:flow/preview", who: viewer, name: "previewFlow", says: "The newest dry run that shows what a flow would change, and whether it is of the flow as it is now.", gives: PreviewDoc{}, refuses: none, do: s.apiPreview},
		{method: post, path: "/flows/:flow/switch", who: editor, name: "switchFlow", says: "Switches a flow on or off. One that was never on, or was changed since, is switched on by naming the dry run that showed what it would change.",
			takes: SwitchIn{}, gives: command.FlowDoc{}, refuses: decided, do: s.apiSwitch},
		{method: get, path: "/flows/:flow/afresh", who: viewer, name: "showAfresh", says: "What comparing all records of a flow anew comes to, which stopped for that, as `couplet review afresh` shows it.", gives: command.AfreshDoc{}, refuses: later, do: s.apiAfresh},
		{method: post, path: "/flows/:flow/afresh", who: editor, name: "approveAfresh", says: "Approves the dry run that it names, as `couplet review afresh --yes --run` does; the next run does what that showed.",
			takes: ApproveIn{}, gives: command.AfreshDoc{}, refuses: decided, do: s.apiApproveAfresh},
		{method: post, path: "/flows/:flow/deleted", who: editor, name: "answerDeleted", says: "Says of a flow that stopped because many records are gone that they were deleted, as `couplet review afresh --deleted` does: it handles them as it handles deletes.",
			gives: command.DeletedDoc{}, refuses: later, do: s.apiDeleted},
		{method: get, path: "/flows/:flow/versions", who: viewer, name: "listVersions", says: "What was published of a flow, the newest first, with what each version changed, as `couplet flows versions` lists it.", asks: []string{"before", "limit"},
			gives: command.VersionsDoc{}, refuses: none, do: s.apiVersions},
		{method: get, path: "/flows/:flow/difference", who: viewer, name: "compareVersions", says: "How two versions of a flow differ, or a version and the draft, as `couplet flows compare` shows it.", asks: []string{"from", "to"},
			gives: command.DifferenceDoc{}, refuses: []int{http.StatusNotFound, http.StatusUnprocessableEntity}, do: s.apiDifference},
		{method: post, path: "/flows/:flow/restore", who: editor, name: "restoreVersion", says: "Makes a version of a flow its draft, as `couplet flows restore` does. Nothing runs by it until it is published.",
			takes: RestoreIn{}, gives: command.RestoredDoc{}, refuses: later, do: s.apiRestore},
		{method: get, path: "/export", who: viewer, name: "export", says: "The flow file of what exists, without secrets, as `couplet export` prints it.", asks: []string{"flow"}, gives: flowFile{}, refuses: none, do: s.apiExport},
		{method: post, path: "/apply", who: editor, name: "apply", says: "Creates or changes connections and flows from a flow file, as `couplet apply` does. All of the file must be valid; ${…} is refused.", asks: []string{"dry_run"},
			takes: flowFile{}, gives: command.Applied{}, refuses: []int{http.StatusUnprocessableEntity}, do: s.apiApply},

		{method: get, path: "/runs", who: viewer, name: "listRuns", says: "Runs, the newest first, as `couplet runs` lists them.", asks: []string{"flow", "limit", "cursor"}, gives: command.RunsDoc{}, refuses: []int{http.StatusNotFound, http.StatusUnprocessableEntity}, do: s.apiRuns},
		{method: get, path: "/runs/:run", who: viewer, name: "showRun", says: "One run with its records and their reasons, as `couplet runs show` does.", asks: []string{"result", "limit", "cursor"}, gives: command.ShownRunDoc{}, refuses: none, do: s.apiShowRun},
		{method: post, path: "/runs/:run/stop", who: editor, name: "stopRun", says: "Asks for a run to be stopped. What it has written stays; one that is over stays as it is.", gives: command.RunDoc{}, status: http.StatusAccepted, refuses: none, do: s.apiStop},
		{method: post, path: "/runs/:run/undo", who: editor, name: "undoRun", says: "Takes back what a run wrote, as `couplet undo` does, without waiting for its end. With dry_run it writes nothing and shows what would go back.",
			takes: UndoIn{}, gives: StartedDoc{}, status: http.StatusAccepted, refuses: later, do: s.apiUndo},

		{method: get, path: "/conflicts", who: viewer, name: "listConflicts", says: "Fields that changed on both sides and wait for a person, as `couplet conflicts` lists them.", asks: []string{"flow", "limit", "cursor"}, gives: command.ConflictsDoc{},
			refuses: []int{http.StatusNotFound, http.StatusUnprocessableEntity}, do: s.apiConflicts},
		{method: post, path: "/conflicts/:conflict/take", who: editor, name: "takeConflict", says: "Decides a conflict, as `couplet conflicts take` does; the next run carries it out.", takes: TakeIn{}, gives: command.OrderDoc{}, refuses: decided, do: s.apiTake},
		{method: post, path: "/conflicts/:conflict/rule", who: editor, name: "ruleConflict", says: "Makes a choice the rule: that side wins in this field from now on, and in all that wait there.", takes: SideIn{}, gives: command.RuleDoc{}, refuses: decided, do: s.apiRule},
		{method: post, path: "/conflicts/:conflict/back", who: editor, name: "takeConflictBack", says: "Takes an answer back that no run has carried out.", gives: command.OrderDoc{}, refuses: later, do: s.apiConflictBack},
		{method: get, path: "/reviews", who: viewer, name: "listReviews", says: "Records that wait for a person, as `couplet review` lists them.", asks: []string{"flow", "limit", "cursor"}, gives: command.ReviewsDoc{},
			refuses: []int{http.StatusNotFound, http.StatusUnprocessableEntity}, do: s.apiReviews},
		{method: post, path: "/reviews/:record", who: editor, name: "answerReview", says: "Decides about a record that waits, as the commands of `couplet review` do; the next run carries it out.", takes: AnswerIn{}, gives: command.OrderDoc{}, refuses: decided, do: s.apiAnswer},
		{method: post, path: "/reviews/:record/back", who: editor, name: "takeReviewBack", says: "Takes an answer back that no run has carried out.", takes: WhereIn{}, gives: command.OrderDoc{}, refuses: decided, do: s.apiReviewBack},

		{method: get, path: "/automations", who: viewer, name: "listAutomations", says: "All automations, as `couplet automations list` lists them.", gives: command.AutomationsDoc{}, do: s.apiAutomations},
		{method: get, path: "/automations/:automation", who: viewer, name: "showAutomation", says: "One automation with its steps.", gives: command.AutomationDoc{}, refuses: none, do: s.apiAutomation},
		{method: post, path: "/automations/:automation/switch", who: editor, name: "switchAutomation", says: "Switches what is published of an automation on or off, as `couplet automations on` and `off` do.", takes: OnIn{}, gives: command.AutomationDoc{},
			refuses: decided, do: s.apiSwitchAutomation},
		{method: post, path: "/automations/:automation/start", who: editor, name: "startAutomation", says: "Starts an automation by hand, for a record or for none, as `couplet automations start` does, without waiting for its end.", takes: RecordIn{},
			gives: command.ShownFiringDoc{}, status: http.StatusAccepted, refuses: decided, do: s.apiStartAutomation},
		{method: get, path: "/firings", who: viewer, name: "listFirings", says: "What automations did: each time that one was set off, the newest first, as `couplet firings list` lists it.", asks: []string{"automation", "state", "q", "since", "limit", "cursor"},
			gives: command.FiringsDoc{}, refuses: []int{http.StatusNotFound, http.StatusUnprocessableEntity}, do: s.apiFirings},
		{method: get, path: "/firings/:firing", who: viewer, name: "showFiring", says: "One firing with its steps, as `couplet firings show` does.", gives: command.ShownFiringDoc{}, refuses: none, do: s.apiShowFiring},
		{method: post, path: "/firings/:firing/answer", who: editor, name: "answerFiring", says: "Has a firing go on that stands, or ends it, as `couplet firings retry`, `done` and `skip` do.", takes: command.VerdictIn{}, gives: command.AnsweredDoc{}, refuses: decided, do: s.apiAnswerFiring},
		{method: post, path: "/firings/answer", who: editor, name: "answerFirings", says: "Says the same of all firings that are meant, at most 5,000, the oldest first. Those that it does not fit, and those in doubt, stay as they are.", takes: AnswerAllIn{}, gives: command.AnsweredDoc{},
			refuses: decided, do: s.apiAnswerFirings},

		{method: get, path: "/connections", who: viewer, name: "listConnections", says: "All connections, without anything secret.", gives: command.ConnectionsDoc{}, do: s.apiConnections},
		{method: get, path: "/connections/:connection", who: viewer, name: "showConnection", says: "One connection.", gives: command.ConnectionDoc{}, refuses: none, do: s.apiConnection},
		{method: post, path: "/connections/:connection/check", who: editor, name: "checkConnection", says: "Tries the key of a connection now. What was found is in state and problem.", gives: command.ConnectionDoc{}, refuses: later, do: s.apiCheck},

		{method: get, path: "/operations", who: viewer, name: "listOperations", says: "The calls that the systems offer, and the events that set automations off, with all that each takes and gives, as `couplet operations` lists them.", asks: []string{"q", "system", "kind"},
			gives: command.OperationsDoc{}, refuses: []int{http.StatusUnprocessableEntity}, do: s.apiOperations},
	}
}

// apiParam is a word of a query or a path.
type apiParam struct {
	kind, says string
	words      []string // the values that there are, nil for any
}

// apiQuery is what may stand in queries.
var apiQuery = map[string]apiParam{
	"flow":       {kind: "string", says: "Only what is of the flow of this name."},
	"limit":      {kind: "integer", says: "How many, 1 to 200; 50 unless given."},
	"cursor":     {kind: "string", says: "Where the list goes on: next of the answer before."},
	"result":     {kind: "string", says: "Only records of this result.", words: command.Results},
	"dry_run":    {kind: "boolean", says: "Only say what would change, and store nothing."},
	"before":     {kind: "integer", says: "Only versions before this one."},
	"from":       {kind: "string", says: "The number of a version, or the word draft."},
	"to":         {kind: "string", says: "The number of a version, or the word draft."},
	"q":          {kind: "string", says: "Only what has all of these words."},
	"system":     {kind: "string", says: "Only what is of the system of this id."},
	"automation": {kind: "string", says: "Only what is of the automation of this name or id."},
	"state":      {kind: "string", says: "Only firings in this state.", words: command.FiringStates},
	"since":      {kind: "string", says: "Only what was set off at this time or later, in RFC 3339."},
	"kind":       {kind: "string", says: "Only operations of this kind.", words: []string{connector.Action, connector.Finds, connector.Trigger}},
}

// apiPathWords say what stands in paths.
var apiPathWords = map[string]string{
	"flow": "Name of a flow.", "run": "Id of a run.", "conflict": "Id of a conflict.", "record": "Id of a record that waits.", "connection": "Name of a connection.",
	"automation": "Name or id of an automation.", "firing": "Id of a firing.",
}
