package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"couplet/static"
)

// route is one line of the list of everything that is answered.
type route struct {
	method, path string
	who          who
	handle       echo.HandlerFunc
}

// routes is everything that is answered but the API, which has a list of its own in api_routes.go. What is in neither does not
// exist.
func (s *Server) routes() []route {
	return []route{
		{http.MethodGet, "/healthz", anyone, s.healthz},
		{http.MethodGet, "/readyz", anyone, s.readyz},
		{http.MethodGet, static.Prefix + "*", anyone, echo.WrapHandler(static.Handler())},

		// people: first run, sign-in, accounts, team
		{http.MethodGet, "/setup", anyone, s.setupPage},
		{http.MethodPost, "/setup", anyone, s.setup},
		{http.MethodGet, "/sign-in", anyone, s.signInPage},
		{http.MethodPost, "/sign-in", anyone, s.signIn},
		{http.MethodGet, "/sign-in/link/:secret", anyone, s.signInLink},
		{http.MethodPost, "/sign-out", anyone, s.signOut},
		{http.MethodGet, "/invite/:secret", anyone, s.invitePage},
		{http.MethodPost, "/invite/:secret", anyone, s.acceptInvite},
		{http.MethodPost, "/theme", viewer, s.saveTheme},
		{http.MethodPost, "/workspaces/:id/open", viewer, s.openWorkspace},
		{http.MethodGet, "/clients", viewer, s.clients},
		{http.MethodPost, "/clients", owner, s.makeClient},
		{http.MethodGet, "/clients/new", owner, s.newClientPage},
		{http.MethodGet, "/settings", viewer, func(c echo.Context) error { return redirect(c, "/settings/account") }},
		{http.MethodGet, "/settings/account", viewer, s.accountPage},
		{http.MethodPost, "/settings/account", viewer, s.saveAccount},
		{http.MethodPost, "/settings/account/sessions/end", viewer, s.endOtherSessions},
		{http.MethodPost, "/settings/account/sessions/:id/end", viewer, s.endSession},
		{http.MethodGet, "/settings/workspace", viewer, s.workspacePage},
		{http.MethodPost, "/settings/workspace", owner, s.saveWorkspace},
		{http.MethodGet, "/settings/team", viewer, s.teamPage},
		{http.MethodPost, "/settings/team", owner, s.invite},
		{http.MethodPost, "/settings/team/invitations/:id/withdraw", owner, s.withdraw},
		{http.MethodPost, "/settings/team/:id/role", owner, s.changeRole},
		{http.MethodGet, "/settings/team/:id/remove", owner, s.removalPage},
		{http.MethodPost, "/settings/team/:id/remove", owner, s.remove},
		{http.MethodGet, "/settings/tokens", viewer, s.tokensPage},
		{http.MethodPost, "/settings/tokens", viewer, s.makeToken},
		{http.MethodPost, "/settings/tokens/:id/revoke", viewer, s.revokeToken},

		// overview
		{http.MethodGet, "/", viewer, s.overviewPage},
		{http.MethodGet, "/overview/events", viewer, s.overviewEvents},

		// find a record
		{http.MethodGet, "/search", viewer, s.searchPage},

		// words, rules and keys in plain words
		{http.MethodGet, "/help", viewer, s.helpPage},
		{http.MethodGet, "/help/:guide", viewer, s.guide},
		{http.MethodGet, "/_gallery", viewer, s.componentsPage},

		// the way to a flow: accounts, template
		{http.MethodGet, "/flows", viewer, s.flows},
		{http.MethodGet, "/new", editor, s.newFlow},
		{http.MethodGet, "/new/a", editor, s.connectPage},
		{http.MethodPost, "/new/a", editor, s.giveKey},
		{http.MethodGet, "/new/b", editor, s.connectPage},
		{http.MethodPost, "/new/b", editor, s.giveKey},
		{http.MethodGet, "/new/template", editor, s.chooseTemplate},
		{http.MethodPost, "/new/template", editor, s.makeFlow},

		// connections: consent, keys, apps, hook addresses
		{http.MethodGet, "/connect", editor, s.which},
		{http.MethodGet, "/connect/:system", editor, s.connectPage},
		{http.MethodPost, "/connect/:system", editor, s.giveKey},
		{http.MethodPost, "/connect/:system/look/:field", editor, s.lookKey},
		{http.MethodGet, "/connect/:system/start", editor, s.startConsent},
		{http.MethodGet, returnPath, editor, s.consentReturned},
		{http.MethodGet, "/connect/pending/:id", editor, s.pendingConsent},
		{http.MethodPost, "/connect/pending/:id", editor, s.decideConsent},
		{http.MethodGet, "/connections", viewer, s.connections},
		{http.MethodGet, "/connections/:id", viewer, s.oneConnection},
		{http.MethodGet, "/connections/:id/key", editor, s.connectPage},
		{http.MethodPost, "/connections/:id/key", editor, s.giveKey},
		{http.MethodPost, "/connections/:id/check", editor, s.checkConnection},
		{http.MethodPost, "/connections/:id/rename", editor, s.renameConnection},
		{http.MethodPost, "/connections/:id/settings", editor, s.saveSettings},
		{http.MethodPost, "/connections/:id/again", editor, s.unlearn},
		{http.MethodGet, "/connections/:id/disconnect", editor, s.askDisconnect},
		{http.MethodPost, "/connections/:id/disconnect", editor, s.disconnect},
		{http.MethodGet, "/connections/:id/hook", viewer, s.hookPage},
		{http.MethodPost, "/connections/:id/hook", editor, s.makeHook},
		{http.MethodGet, "/connections/:id/hook/events", viewer, s.hookEvents},
		{http.MethodGet, "/apps/:system", viewer, s.appPage},
		{http.MethodPost, "/apps/:system", owner, s.saveApp},
		{http.MethodPost, "/apps/:system/delete", owner, s.forgetApp},

		// a flow: a copy for another workspace, where the store asks for the role
		{http.MethodGet, "/flows/:id/copy", viewer, s.copyPage},
		{http.MethodPost, "/flows/:id/copy", viewer, s.copyFlow},

		// a flow: its map
		{http.MethodGet, "/flows/:id", viewer, s.openFlow},
		{http.MethodGet, "/flows/:id/map", viewer, s.mapPage},
		{http.MethodPost, "/flows/:id/map/pair", editor, s.changesMap(editPair)},
		{http.MethodPost, "/flows/:id/map/row", editor, s.changesMap(editRow)},
		{http.MethodPost, "/flows/:id/map/try", editor, s.tryRow},
		{http.MethodPost, "/flows/:id/map/unpair", editor, s.changesMap(editUnpair)},
		{http.MethodPost, "/flows/:id/map/match", editor, s.changesMap(editMatch)},
		{http.MethodPost, "/flows/:id/map/rules", editor, s.changesMap(editRules)},
		{http.MethodPost, "/flows/:id/map/dismiss", editor, s.dismiss},
		{http.MethodPost, "/flows/:id/map/undo", editor, s.stepsMap(-1)},
		{http.MethodPost, "/flows/:id/map/redo", editor, s.stepsMap(1)},
		{http.MethodPost, "/flows/:id/map/drop", editor, s.dropMap},
		{http.MethodPost, "/flows/:id/map/again", editor, s.tryAgain},
		{http.MethodPost, "/flows/:id/map/drift", editor, s.acceptDrift},
		{http.MethodPost, "/flows/:id/reapply", editor, s.reapply},
		{http.MethodPost, "/flows/:id/deleted", editor, s.reallyDeleted},
		{http.MethodPost, "/flows/:id/map/read", editor, s.readAgain},

		// a flow: a test of its map
		{http.MethodGet, "/flows/:id/test", viewer, s.testPage},
		{http.MethodPost, "/flows/:id/test", editor, s.startTest},

		// a flow: its versions, and what goes on under it
		{http.MethodGet, "/flows/:id/advanced", viewer, s.advancedPage},
		{http.MethodGet, "/flows/:id/versions", viewer, s.versionsPage},
		{http.MethodPost, "/flows/:id/versions/take", editor, s.takeVersion},
		{http.MethodPost, "/flows/:id/versions/undo", editor, s.untakeVersion},

		// a flow: preview and switch
		{http.MethodGet, "/flows/:id/preview", viewer, s.preview},
		{http.MethodGet, "/flows/:id/preview/events", viewer, s.previewEvents},
		{http.MethodPost, "/flows/:id/preview/rehearse", editor, s.rehearse},
		{http.MethodGet, "/flows/:id/one", editor, s.trialPage},
		{http.MethodPost, "/flows/:id/one", editor, s.startTrial},
		{http.MethodGet, "/flows/:id/on", editor, s.onPage},
		{http.MethodPost, "/flows/:id/on", editor, s.switchOn},
		{http.MethodPost, "/flows/:id/switch", editor, s.switchFlow},
		{http.MethodGet, "/flows/:id/run/latest", viewer, s.latestRun},

		// runs
		{http.MethodGet, "/runs", viewer, s.runsPage},
		{http.MethodGet, "/runs/events", viewer, s.runsEvents},
		{http.MethodGet, "/runs/automations", viewer, s.allFiringsPage},
		{http.MethodPost, "/runs/automations", editor, s.answerAllFirings},
		{http.MethodGet, "/runs/:id", viewer, s.runPage},
		{http.MethodGet, "/runs/:id/events", viewer, s.runEvents},
		{http.MethodPost, "/runs/:id/stop", editor, s.stopRun},
		{http.MethodPost, "/runs/:id/retry", editor, s.retryRun},
		{http.MethodGet, "/runs/:id/undo", viewer, s.undoPage},
		{http.MethodPost, "/runs/:id/undo", editor, s.undo},
		{http.MethodPost, "/runs/:id/undo/look", editor, s.lookUndo},
		{http.MethodGet, "/runs/:id/undo/events", viewer, s.undoEvents},
		{http.MethodPost, "/flows/:id/run", editor, s.runFlow},

		// one pair of records
		{http.MethodGet, "/records/:link", viewer, s.recordPage},
		{http.MethodPost, "/records/:link/check", editor, s.checkRecord},
		{http.MethodPost, "/records/:link/put", editor, s.putBack},
		{http.MethodPost, "/records/:link/back", editor, s.takeRecordBack},

		// what waits for a person
		{http.MethodGet, "/needs-you", viewer, s.needsPage},
		{http.MethodGet, "/needs-you/events", viewer, s.needsEvents},
		{http.MethodGet, "/needs-you/count/events", viewer, s.needsCount},
		{http.MethodPost, "/needs-you", editor, s.decideNeed},

		// templates of one's own
		{http.MethodGet, "/flows/:id/template", editor, s.savesTemplatePage(s.templateOfFlow)},
		{http.MethodPost, "/flows/:id/template", editor, s.savesTemplate(s.templateOfFlow)},
		{http.MethodGet, "/automations/:id/template", editor, s.savesTemplatePage(s.templateOfAutomation)},
		{http.MethodPost, "/automations/:id/template", editor, s.savesTemplate(s.templateOfAutomation)},
		{http.MethodGet, "/templates/open", editor, s.openTemplatePage},
		{http.MethodPost, "/templates/open", editor, s.openTemplate},
		{http.MethodGet, "/templates/:id/file", viewer, s.templateFile},
		{http.MethodPost, "/templates/:id/delete", editor, s.deleteTemplate},

		// automations
		{http.MethodGet, "/automations/new", editor, s.newAutomationPage},
		{http.MethodPost, "/automations/new", editor, s.makeAutomation},
		{http.MethodGet, "/automations/:id", viewer, s.automationPage},
		{http.MethodGet, "/automations/:id/runs", viewer, s.firingsPage},
		{http.MethodPost, "/automations/:id/runs", editor, s.answerAllFirings},
		{http.MethodPost, "/automations/:id/switch", editor, s.switchAutomation},
		{http.MethodGet, "/automations/:id/runs/:firing", viewer, s.firingPage},
		{http.MethodPost, "/automations/:id/runs/:firing", editor, s.firingAnswer},
		{http.MethodGet, "/automations/:id/runs/:firing/undo", viewer, s.firingUndoPage},
		{http.MethodPost, "/automations/:id/runs/:firing/undo", editor, s.undoFiring},
		{http.MethodGet, "/automations/:id/start", editor, s.startPage},
		{http.MethodPost, "/automations/:id/start", editor, s.startAutomation},
		{http.MethodPost, "/automations/:id/held", editor, s.looseHeld},
		{http.MethodPost, "/automations/:id/address", editor, s.makeAddress},
		{http.MethodPost, "/automations/:id/shape", editor, s.takeShape},
		{http.MethodGet, "/automations/:id/address/events", viewer, s.addressEvents},
		{http.MethodPost, "/automations/:id/name", editor, s.changesCanvas(editName)},
		{http.MethodPost, "/automations/:id/add", editor, s.changesCanvas(editAdd)},
		{http.MethodPost, "/automations/:id/do", editor, s.changesCanvas(editDo)},
		{http.MethodPost, "/automations/:id/step", editor, s.changesCanvas(editOpen)},
		{http.MethodPost, "/automations/:id/undo", editor, s.stepsCanvas(-1)},
		{http.MethodPost, "/automations/:id/redo", editor, s.stepsCanvas(1)},
		{http.MethodPost, "/automations/:id/publish", editor, s.publishAutomation},
		{http.MethodPost, "/automations/:id/delete", editor, s.deleteAutomation},
		{http.MethodGet, "/automations/:id/versions", viewer, s.automationVersions},
		{http.MethodPost, "/automations/:id/versions/take", editor, s.takeAutomation},
		{http.MethodPost, "/automations/:id/versions/undo", editor, s.untakeAutomation},

		// the catalog
		{http.MethodGet, "/operations", viewer, s.operations},
		{http.MethodGet, "/operations/:system/:operation", viewer, s.operation},
		{http.MethodPost, "/operations/:system/:operation/try", editor, s.tryOperation},

		// calls of the systems
		{http.MethodPost, "/hooks/:system", system, s.accountHook},
		{http.MethodPost, "/hooks/:system/:connection/:secret/:event", system, s.addressHook},
		{http.MethodPost, "/hooks/automations/:id/:secret", system, s.automationHook},
	}
}

// register puts the routes into the router. Whoever may GET may ask for the head alone.
func (s *Server) register() {
	add := func(method, path string, handle echo.HandlerFunc) {
		s.echo.Add(method, path, handle)
		if method == http.MethodGet {
			s.echo.Add(http.MethodHead, path, handle)
		}
	}
	for _, r := range s.routes() {
		add(r.method, r.path, s.admit(r))
	}
	for _, r := range s.apiRoutes() {
		add(r.method, apiPath+r.path, s.serveAPI(r))
	}
}
