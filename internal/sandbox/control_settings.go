package sandbox

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"couplet/internal/sandbox/kit"
	"couplet/internal/sandbox/usercom"
)

// settings are the control routes that change where the CRMs send things and whom
// they believe, while they run.
func (s *Sandbox) settings(mux *http.ServeMux) {
	mux.HandleFunc("POST /_sandbox/faults/once", s.armFault)
	mux.HandleFunc("POST /_sandbox/tokens/revoke", s.revoke)
	mux.HandleFunc("PUT /_sandbox/highlevel/webhook", s.setWebhook)
	mux.HandleFunc("PUT /_sandbox/usercom/hooks", s.setHooks)
	mux.HandleFunc("PUT /_sandbox/usercom/search-lag", s.setLag)
	mux.HandleFunc("PUT /_sandbox/{system}/redirects", s.setRedirects)
	mux.HandleFunc("GET /_sandbox/{system}/backup", s.backup)
	mux.HandleFunc("PUT /_sandbox/{system}/backup", s.restore)
}

// armFault takes {"path":"/oauth/token","fault":"after"}, optionally with "method"
// and "system" (highlevel, usercom): it strikes once, at the next call that fits.
func (s *Sandbox) armFault(w http.ResponseWriter, r *http.Request) {
	var once kit.Once
	if !decode(w, r, &once) {
		return
	}
	if once.System != "" && s.crms[once.System] == nil {
		complain(w, http.StatusBadRequest, errors.New("no system "+once.System))
		return
	}
	armed, err := s.Faults.Arm(once)
	if err != nil {
		complain(w, http.StatusBadRequest, err)
		return
	}
	kit.WriteJSON(w, http.StatusOK, map[string]any{"armed": armed})
}

// revoke kills one token of either side with {"token": …}, or with {"app": true}
// every access and refresh token of an OAuth app: of "system" (highlevel, usercom),
// highlevel when left out. {"uninstall": true} does that and has HighLevel tell of
// it, where the app is installed.
func (s *Sandbox) revoke(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Token     string `json:"token"`
		System    string `json:"system"`
		App       bool   `json:"app"`
		Uninstall bool   `json:"uninstall"`
	}
	if !decode(w, r, &body) {
		return
	}
	count := 0
	switch {
	case body.System != "" && s.crms[body.System] == nil:
		complain(w, http.StatusBadRequest, errors.New("no system "+body.System))
		return
	case body.Uninstall && body.System == "usercom":
		complain(w, http.StatusBadRequest, errors.New("nothing is known of uninstalling in User.com"))
		return
	case body.Uninstall:
		count = s.HighLevel.Uninstall()
	case body.App && body.System == "usercom":
		count = s.UserCom.RevokeApp()
	case body.App:
		count = s.HighLevel.RevokeApp()
	case body.Token != "":
		if !s.HighLevel.Revoke(body.Token) {
			s.UserCom.Revoke(body.Token)
		}
		count = 1
	default:
		complain(w, http.StatusBadRequest, errors.New(`name a "token", or say "app": true or "uninstall": true`))
		return
	}
	kit.WriteJSON(w, http.StatusOK, map[string]any{"revoked": true, "count": count})
}

// setWebhook takes {"url": …}; "" stops HighLevel's webhooks.
func (s *Sandbox) setWebhook(w http.ResponseWriter, r *http.Request) {
	var body struct {
		URL string `json:"url"`
	}
	if !decode(w, r, &body) {
		return
	}
	if body.URL != "" {
		if err := whole(body.URL); err != nil {
			complain(w, http.StatusBadRequest, err)
			return
		}
	}
	s.HighLevel.SetWebhook(body.URL)
	kit.WriteJSON(w, http.StatusOK, map[string]any{"url": s.HighLevel.Webhook()})
}

// backup answers everything that a CRM holds, keys included, as restore takes it back.
func (s *Sandbox) backup(w http.ResponseWriter, r *http.Request) {
	side := s.crms[r.PathValue("system")]
	if side == nil {
		complain(w, http.StatusNotFound, errors.New("no system "+r.PathValue("system")))
		return
	}
	kit.WriteJSON(w, http.StatusOK, side.State())
}

// restore replaces everything that a CRM holds by a backup: an older one of its own, or one of another account.
func (s *Sandbox) restore(w http.ResponseWriter, r *http.Request) {
	side := s.crms[r.PathValue("system")]
	if side == nil {
		complain(w, http.StatusNotFound, errors.New("no system "+r.PathValue("system")))
		return
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<20))
	if err == nil {
		err = side.Load(raw)
	}
	if err != nil {
		complain(w, http.StatusBadRequest, err)
		return
	}
	kit.WriteJSON(w, http.StatusOK, map[string]any{"restored": true})
}

// setLag takes {"lag":"20s"}: how far the lists and searches of User.com are behind from now on; "0s" has them catch up.
func (s *Sandbox) setLag(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Lag string `json:"lag"`
	}
	if !decode(w, r, &body) {
		return
	}
	lag, err := time.ParseDuration(body.Lag)
	if err == nil && lag < 0 {
		err = errors.New("lag must not be negative")
	}
	if err != nil {
		complain(w, http.StatusBadRequest, err)
		return
	}
	s.UserCom.SetSearchLag(lag)
	kit.WriteJSON(w, http.StatusOK, map[string]any{"lag": s.UserCom.SearchLag().String()})
}

// setHooks takes {"hooks":[{"event":"created","url":…},{"event":"updated","url":…}]}
// and replaces all of User.com's automations.
func (s *Sandbox) setHooks(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Hooks []usercom.Automation `json:"hooks"`
	}
	if !decode(w, r, &body) {
		return
	}
	if err := s.UserCom.SetAutomations(body.Hooks); err != nil {
		complain(w, http.StatusBadRequest, err)
		return
	}
	kit.WriteJSON(w, http.StatusOK, map[string]any{"hooks": s.UserCom.Automations()})
}

// setRedirects takes {"redirect_uris":[…]}; an empty list accepts any https or
// loopback address again.
func (s *Sandbox) setRedirects(w http.ResponseWriter, r *http.Request) {
	var body struct {
		URIs []string `json:"redirect_uris"`
	}
	if !decode(w, r, &body) {
		return
	}
	for _, uri := range body.URIs {
		if err := kit.CheckRedirect(uri, nil); err != nil {
			complain(w, http.StatusBadRequest, err)
			return
		}
	}
	switch r.PathValue("system") {
	case "highlevel":
		s.HighLevel.SetRedirects(body.URIs)
	case "usercom":
		s.UserCom.SetRedirects(body.URIs)
	default:
		complain(w, http.StatusNotFound, errors.New("no system "+r.PathValue("system")))
		return
	}
	kit.WriteJSON(w, http.StatusOK, map[string]any{"redirect_uris": body.URIs})
}

// merge takes {"keep": id, "lose": id} and makes one contact of HighLevel of the two, as a person would there; ?location=
// names another location.
func (s *Sandbox) merge(w http.ResponseWriter, r *http.Request) {
	var body struct{ Keep, Lose string }
	if !decode(w, r, &body) {
		return
	}
	at := s.HighLevel
	if location := r.URL.Query().Get("location"); location != "" {
		if at = at.At(location); at == nil {
			complain(w, http.StatusNotFound, errors.New("no location "+location))
			return
		}
	}
	out, err := at.Merge(body.Keep, body.Lose)
	if err != nil {
		complain(w, http.StatusBadRequest, err)
		return
	}
	kit.WriteJSON(w, http.StatusOK, out)
}

// mergeUsers takes {"keep","lose"} and answers what is left.
func (s *Sandbox) mergeUsers(w http.ResponseWriter, r *http.Request) {
	var body struct{ Keep, Lose string }
	if !decode(w, r, &body) {
		return
	}
	out, err := s.UserCom.Merge(body.Keep, body.Lose)
	if err != nil {
		complain(w, http.StatusBadRequest, err)
		return
	}
	kit.WriteJSON(w, http.StatusOK, map[string]any{"kept": out, "lost": body.Lose})
}

func whole(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return errors.New("url must be a whole address that begins with http:// or https://")
	}
	return nil
}
