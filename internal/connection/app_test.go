package connection_test

import (
	"net/url"
	"strings"
	"testing"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/sandbox"
)

func TestAWorkspaceCanHaveAnAppOfItsOwn(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{})
	hl := h.info.HighLevel
	app, err := h.svc.App(t.Context(), h.ws, "highlevel")
	must(t, err)
	if !app.Installation || !app.HasSecret || app.ClientID != hl.ClientID {
		t.Errorf("%+v", app)
	}
	// The installation has a place for the system and no app: only the workspace's own makes consent possible.
	house := h.svc.Apps["highlevel"]
	house.ClientID, house.Secret = "", ""
	h.svc.Apps["highlevel"] = house
	offer, err := h.svc.Offer(t.Context(), h.ws, "highlevel")
	must(t, err)
	if offer.Consent || !offer.Key || !strings.Contains(offer.Why, "Nobody has registered an app") || offer.Undocumented || !offer.Agency {
		t.Errorf("%+v", offer)
	}
	_, err = h.svc.Begin(t.Context(), h.wish("highlevel"))
	h.broken(err, connection.NotOffered, "connect with a key")

	own, err := h.svc.SaveApp(t.Context(), h.ws, connection.App{System: "highlevel", ClientID: " " + hl.ClientID + "\n"}, "")
	must(t, err)
	if own.HasSecret || own.Installation || own.ClientID != hl.ClientID {
		t.Errorf("%+v", own)
	}
	if offer, err = h.svc.Offer(t.Context(), h.ws, "highlevel"); err != nil || offer.Consent || !strings.Contains(offer.Why, "client secret") {
		t.Errorf("%+v, %v", offer, err)
	}
	own, err = h.svc.SaveApp(t.Context(), h.ws, connection.App{System: "highlevel", ClientID: hl.ClientID}, hl.ClientSecret)
	must(t, err)
	if !own.HasSecret || own.TokenURL != hl.OAuthURL+"token" {
		t.Errorf("%+v", own)
	}
	own, err = h.svc.SaveApp(t.Context(), h.ws, connection.App{System: "highlevel", ClientID: hl.ClientID, VersionID: strings.Split(hl.ClientID, "-")[0]}, "")
	must(t, err)
	if !own.HasSecret {
		t.Error("a change that leads nowhere else discarded the secret")
	}
	link, err := h.svc.Begin(t.Context(), h.wish("highlevel"))
	must(t, err)
	if !strings.Contains(link, "version_id="+own.VersionID) {
		t.Error(link)
	}
	c := h.connected(h.wish("highlevel"), visit{})
	other, err := h.store.AddWorkspace(t.Context(), "other")
	must(t, err)
	if app, err := h.svc.App(t.Context(), other.ID, "highlevel"); err != nil || app.ClientID != "" || app.HasSecret {
		t.Errorf("another workspace has it, too: %+v, %v", app, err)
	}
	must(t, h.svc.DeleteApp(t.Context(), h.ws, "highlevel"))
	if now := h.state(c.ID); now.State != connection.Reconnect || !strings.Contains(now.Problem, "app for HighLevel was changed") {
		t.Errorf("%+v", now)
	}
}

func TestAnAppThatLeadsElsewhereLosesItsSecretAndItsConnections(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{})
	hl, uc := h.info.HighLevel, h.info.UserCom
	first := connection.App{System: "highlevel", ClientID: hl.ClientID}
	for name, change := range map[string]func(*connection.App){
		"another client":            func(a *connection.App) { a.ClientID = "another" },
		"another token address":     func(a *connection.App) { a.TokenURL = uc.OAuthURL + "token" },
		"another authorize address": func(a *connection.App) { a.AuthorizeURL = "https://evil.example/" },
		"an install link elsewhere": func(a *connection.App) { a.InstallLink = "https://evil.example/?client_id=" + hl.ClientID },
	} {
		_, err := h.svc.SaveApp(t.Context(), h.ws, first, hl.ClientSecret)
		must(t, err)
		c := h.connected(h.wish("highlevel"), visit{})
		changed := first
		change(&changed)
		app, err := h.svc.SaveApp(t.Context(), h.ws, changed, "")
		must(t, err)
		if app.HasSecret {
			t.Errorf("%s: the secret was kept", name)
		}
		_, err = h.svc.Begin(t.Context(), h.wish("highlevel"))
		h.broken(err, connection.NotOffered, "client secret")
		now := h.state(c.ID)
		gone := name == "another client" || name == "another token address"
		if (now.State == connection.Reconnect) != gone {
			t.Errorf("%s: %+v", name, now)
		}
		if sealed, err := h.store.Secret(t.Context(), h.ws, c.ID, connection.SecretTokens); err != nil || (sealed == nil) != gone {
			t.Errorf("%s: tokens are there: %v", name, sealed != nil)
		}
	}
	// When the settings of the installation lead elsewhere, a secret that was sealed for the old address does not follow.
	_, err := h.svc.SaveApp(t.Context(), h.ws, first, hl.ClientSecret)
	must(t, err)
	house := h.svc.Apps["highlevel"]
	house.TokenURL = uc.OAuthURL + "token"
	h.svc.Apps["highlevel"] = house
	if app, err := h.svc.App(t.Context(), h.ws, "highlevel"); err != nil || app.HasSecret {
		t.Errorf("%+v, %v", app, err)
	}
}

func TestAnAppIsCheckedBeforeItIsSaved(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{})
	for says, app := range map[string]connection.App{
		"client ID is missing":            {},
		"token address must begin with":   {ClientID: "a", TokenURL: "http://evil.example/token"},
		"authorize address is not":        {ClientID: "a", AuthorizeURL: "evil"},
		"install link must hold":          {ClientID: "a", InstallLink: "https://x.example/?client_id=b"},
		"install link is not":             {ClientID: "a", InstallLink: "https://user:pass@x.example/?client_id=a"},
		"token address may not have":      {ClientID: "a", TokenURL: "https://x.example/?a=b"},
		"PKCE is on or off":               {ClientID: "a", PKCE: "maybe"},
		"one word of letters":             {ClientID: "a", HeaderWord: "Bearer\r\nX: y"},
		"COUPLET_ALLOW_PRIVATE_HOSTS=10.": {ClientID: "a", TokenURL: "http://10.0.0.1/token"},
	} {
		app.System = "highlevel"
		if _, err := h.svc.SaveApp(t.Context(), h.ws, app, "s"); connector.KindOf(err) != connector.Config || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
	if _, err := h.svc.SaveApp(t.Context(), h.ws, connection.App{System: "nothing"}, ""); connector.KindOf(err) != connector.Config {
		t.Error(err)
	}
}

func TestAnInstallLinkKeepsItsClientVersionAndScopes(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{})
	hl := h.info.HighLevel
	version := strings.Split(hl.ClientID, "-")[0]
	link := hl.URL + "/v2/oauth/chooselocation?response_type=code&redirect_uri=https%3A%2F%2Fold.example%2Fcallback&client_id=" + hl.ClientID +
		"&scope=contacts.readonly+contacts.write+locations.readonly+locations/customFields.readonly&state=theirs&version_id=" + version
	_, err := h.svc.SaveApp(t.Context(), h.ws, connection.App{System: "highlevel", InstallLink: link}, hl.ClientSecret)
	must(t, err)
	begun, err := h.svc.Begin(t.Context(), h.wish("highlevel"))
	must(t, err)
	u, err := url.Parse(begun)
	must(t, err)
	q := u.Query()
	if q.Get("client_id") != hl.ClientID || q.Get("version_id") != version || q.Get("redirect_uri") != redirect || q.Get("state") == "theirs" || len(q["state"]) != 1 ||
		q.Get("scope") != "contacts.readonly contacts.write locations.readonly locations/customFields.readonly" {
		t.Error(begun)
	}
	w := h.wish("highlevel", connector.ToWrite, connector.ToMakeFields)
	p := h.consent(w, visit{})
	if names(p.Withheld) != "locations/customFields.write" {
		t.Errorf("what the link does not ask for is not told: %+v", p)
	}
}

// A profile that is published nowhere is off unless it is set, and never claimed.
func TestConsentThatIsPublishedNowhereIsOffUnlessItIsSet(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{})
	uc := h.info.UserCom
	full := h.svc.Apps["usercom"]
	delete(h.svc.Apps, "usercom")
	offer, err := h.svc.Offer(t.Context(), h.ws, "usercom")
	must(t, err)
	if offer.Consent || offer.Client || !offer.Undocumented || !strings.Contains(offer.Why, "publishes no consent") || offer.Agency {
		t.Errorf("%+v", offer)
	}
	_, err = h.svc.Begin(t.Context(), h.wish("usercom"))
	h.broken(err, connection.NotOffered, "publishes no consent")

	_, err = h.svc.SaveApp(t.Context(), h.ws, connection.App{System: "usercom", ClientID: uc.ClientID, AuthorizeURL: full.AuthorizeURL}, uc.ClientSecret)
	must(t, err)
	if offer, err = h.svc.Offer(t.Context(), h.ws, "usercom"); err != nil || offer.Consent || !strings.Contains(offer.Why, "token address") {
		t.Errorf("%+v, %v", offer, err)
	}
	_, err = h.svc.SaveApp(t.Context(), h.ws, connection.App{System: "usercom", ClientID: uc.ClientID, AuthorizeURL: full.AuthorizeURL, TokenURL: full.TokenURL,
		Scopes: []string{"read write"}, HeaderWord: "Bearer"}, uc.ClientSecret)
	must(t, err)
	if offer, err = h.svc.Offer(t.Context(), h.ws, "usercom"); err != nil || !offer.Consent || !offer.Undocumented {
		t.Errorf("%+v, %v", offer, err)
	}
	c := h.connected(h.wish("usercom"), visit{})
	must(t, h.works(h.svc, c.ID))

	// The place of the workspace may stand in the addresses.
	_, err = h.svc.SaveApp(t.Context(), h.ws, connection.App{System: "usercom", ClientID: "x", AuthorizeURL: "https://{subdomain}.x.example/authorize",
		TokenURL: "https://{subdomain}.x.example/token", PKCE: "off"}, "s")
	must(t, err)
	w := h.wish("usercom")
	w.Params = map[string]string{"subdomain": "acme"}
	link, err := h.svc.Begin(t.Context(), w)
	must(t, err)
	if u, _ := url.Parse(link); u.Host != "acme.x.example" || u.Query().Has("scope") || u.Query().Has("code_challenge") {
		t.Error(link)
	}
	w.Params = map[string]string{"subdomain": "evil.example/?"}
	_, err = h.svc.Begin(t.Context(), w)
	h.broken(err, connection.NotOffered, "ubdomain")
}

func TestAWishThatCannotBeIsRefusedBeforeThePersonLeaves(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{})
	c := h.connected(h.wish("highlevel"), visit{})
	for says, change := range map[string]func(*connection.Wish){
		"called taken already": func(w *connection.Wish) { w.Name = c.Name },
		"longer than 100":      func(w *connection.Wish) { w.Name = strings.Repeat("x", 101) },
		"Sign in first":        func(w *connection.Wish) { w.Session = "" },
		"begin with https://":  func(w *connection.Wish) { w.BaseURL = "ftp://x" },
		"system called nobody": func(w *connection.Wish) { w.System = "nobody" },
		"at another address":   func(w *connection.Wish) { w.Connection, w.BaseURL = c.ID, "https://evil.example" },
	} {
		w := h.wish("highlevel")
		change(&w)
		says = strings.ReplaceAll(says, "taken", c.Name)
		link, err := h.svc.Begin(t.Context(), w)
		if link != "" || err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %s, %v", says, link, err)
		}
	}
	w := h.wish("highlevel")
	w.Connection = "nowhere"
	if _, err := h.svc.Begin(t.Context(), w); err == nil {
		t.Error("a connection that does not exist")
	}
}
