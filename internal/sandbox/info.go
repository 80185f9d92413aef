package sandbox

import "couplet/internal/sandbox/kit"

// Info is the line that `couplet sandbox --json` prints when it is ready (cli.md).
type Info struct {
	HighLevel HighLevelInfo `json:"highlevel"`
	UserCom   UserComInfo   `json:"usercom"`
	Control   ControlInfo   `json:"control"`
	Expected  Expected      `json:"expected"`
}

// HighLevelInfo is how to reach the pretend HighLevel.
type HighLevelInfo struct {
	URL          string `json:"url"`
	Token        string `json:"token"`
	LocationID   string `json:"location_id"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
}

// UserComInfo is how to reach the pretend User.com. URL ends with /api/public/.
type UserComInfo struct {
	URL          string `json:"url"`
	Token        string `json:"token"`
	Subdomain    string `json:"subdomain"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
}

// ControlInfo is how to reach the control listener; Key goes into X-Sandbox-Key.
type ControlInfo struct {
	URL string `json:"url"`
	Key string `json:"key"`
}

// Info tells how to reach the sandbox and what its data must come to.
func (s *Sandbox) Info() Info { return s.info }

// Counters tells what a system ("highlevel", "usercom") was asked so far.
func (s *Sandbox) Counters(system string) kit.Counts { return s.counters[system].Snapshot() }

func infoOf(s *Sandbox) Info {
	app := s.HighLevel.App()
	return Info{
		HighLevel: HighLevelInfo{
			Token: s.HighLevel.Token(), LocationID: s.HighLevel.LocationID(),
			ClientID: app.ClientID, ClientSecret: app.ClientSecret,
		},
		UserCom: UserComInfo{
			Token: s.saved.UserComToken, Subdomain: s.saved.Subdomain,
			ClientID: s.saved.UserComClient, ClientSecret: s.saved.UserComSecret,
		},
		Control:  ControlInfo{Key: s.saved.ControlKey},
		Expected: s.saved.Expected,
	}
}
