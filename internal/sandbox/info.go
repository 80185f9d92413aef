package sandbox

import "couplet/internal/sandbox/kit"

// Info is the line that `couplet sandbox --json` prints when it is ready (cli.md).
type Info struct {
	HighLevel HighLevelInfo `json:"highlevel"`
	UserCom   UserComInfo   `json:"usercom"`
	Control   ControlInfo   `json:"control"`
	Expected  Expected      `json:"expected"`
	// Tasks and Notes are what those come to once the people are in step.
	Tasks ExpectedOf `json:"tasks"`
	Notes ExpectedOf `json:"notes"`
	// Settings are what an app has to be told about User.com, as its settings of a connection.
	Settings SettingsInfo `json:"usercom_settings"`
}

// SettingsInfo is what the API of the pretend User.com does not say about its activities.
type SettingsInfo struct {
	TaskType   string `json:"task_type"`
	NoteType   string `json:"note_type"`
	TextFormat string `json:"text_format"`
	Agents     string `json:"agents"`
}

// HighLevelInfo is how to reach the pretend HighLevel. OAuthURL is followed by
// "chooselocation" for a browser and by "token" for an app; WebhookKey, in PEM, is
// what its webhooks verify with.
type HighLevelInfo struct {
	URL          string `json:"url"`
	OAuthURL     string `json:"oauth_url"`
	WebhookKey   string `json:"webhook_key"`
	Token        string `json:"token"`
	LocationID   string `json:"location_id"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
}

// UserComInfo is how to reach the pretend User.com. URL ends with /api/public/.
// OAuthURL is followed by "authorize" for a browser and by "token" for an app: a
// profile that the real service has not documented.
type UserComInfo struct {
	URL          string `json:"url"`
	OAuthURL     string `json:"oauth_url"`
	Token        string `json:"token"`
	Subdomain    string `json:"subdomain"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
}

// ControlInfo is how to reach the control listener; Key goes into X-Sandbox-Key.
// Page is for a browser: both CRMs side by side. Opening it once lets the browser in.
type ControlInfo struct {
	URL  string `json:"url"`
	Key  string `json:"key"`
	Page string `json:"page"`
}

// Info tells how to reach the sandbox and what its data must come to.
func (s *Sandbox) Info() Info { return s.info }

// Counters tells what a system ("highlevel", "usercom") was asked so far.
func (s *Sandbox) Counters(system string) kit.Counts { return s.counters[system].Snapshot() }

// reachedAt fills in the addresses.
func (i *Info) reachedAt(highlevel, usercom, control string) {
	i.HighLevel.URL, i.HighLevel.OAuthURL = highlevel, highlevel+"/oauth/"
	i.UserCom.URL, i.UserCom.OAuthURL = usercom+"/api/public/", usercom+"/oauth/"
	i.Control.URL, i.Control.Page = control, control+"/?key="+i.Control.Key
}

func infoOf(s *Sandbox) Info {
	app, settings := s.HighLevel.App(), s.UserComSettings()
	return Info{
		HighLevel: HighLevelInfo{
			WebhookKey: s.HighLevel.PublicKeyPEM(),
			Token:      s.HighLevel.Token(), LocationID: s.HighLevel.LocationID(),
			ClientID: app.ClientID, ClientSecret: app.ClientSecret,
		},
		UserCom: UserComInfo{
			Token: s.saved.UserComToken, Subdomain: s.saved.Subdomain,
			ClientID: s.saved.UserComClient, ClientSecret: s.saved.UserComSecret,
		},
		Control:  ControlInfo{Key: s.saved.ControlKey},
		Expected: s.saved.Expected,
		Tasks:    s.saved.Tasks,
		Notes:    s.saved.Notes,
		Settings: SettingsInfo{settings["task_type"], settings["note_type"], settings["text_format"], settings["agents"]},
	}
}
