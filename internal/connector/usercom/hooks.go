package usercom

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"couplet/internal/connector"
)

// signature is the header of the one signing scheme that was ever seen (section 12).
const signature = "X-User-Com-Signature"

// Option changes how calls of the system are verified.
type Option func(*Hooks) error

// HookKey sets the REST key with which calls are signed, if they are (section 12).
func HookKey(key string) Option {
	return func(h *Hooks) error { h.key = []byte(key); return nil }
}

// RequireSignature refuses calls that carry no signature. Off unless set, because most workspaces send none: the secret
// in the address is the gate.
func RequireSignature(on bool) Option {
	return func(h *Hooks) error { h.require = on; return nil }
}

// Hooks reads the calls of automations. The address says which connection they are for.
type Hooks struct {
	key     []byte
	require bool
}

// NewHooks makes a receiver.
func NewHooks(options ...Option) (*Hooks, error) {
	h := &Hooks{}
	for _, option := range options {
		if err := option(h); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// Parse reads a call, JSON or urlencoded, whatever its declared type. A call whose user information was switched off
// yields no Refs.
func (h *Hooks) Parse(header http.Header, body []byte) (connector.Call, error) {
	if !h.signed(header, body) {
		return connector.Call{}, &connector.Error{Kind: connector.Unauthorized, Message: "A call in the name of " + spec.Name +
			" had no valid signature and was not stored. If the key of the workspace was changed, connect it again."}
	}
	path, stamp, id, extra, ok := read(body)
	if !ok {
		return connector.Call{}, &connector.Error{Kind: connector.Invalid, Message: "A call of " + spec.Name + " could not be read."}
	}
	sum := sha256.Sum256([]byte(path + "\n" + stamp + "\n" + id))
	call := connector.Call{ID: hex.EncodeToString(sum[:16]), Type: "automation", Extra: extra}
	call.At, _ = time.Parse(time.RFC3339Nano, stamp)
	if id != "" {
		call.Refs = []connector.Ref{{Object: "contact", ID: id}}
	}
	return call, nil
}

// read takes the number of the automation, the time, the person's id and the extra data out of a body.
func read(body []byte) (path, stamp, id string, extra map[string]any, ok bool) {
	var v struct {
		Path      any    `json:"path"`
		Timestamp string `json:"timestamp"`
		User      person `json:"user"`
		Extra     any    `json:"extra"`
	}
	if trimmed := bytes.TrimSpace(body); len(trimmed) > 0 && trimmed[0] == '{' {
		if json.Unmarshal(trimmed, &v) != nil {
			return "", "", "", nil, false
		}
		extra, _ = v.Extra.(map[string]any)
		return number(v.Path), v.Timestamp, v.User.id(), extra, true
	}
	form, err := url.ParseQuery(string(body))
	if err != nil || !form.Has("timestamp") && !form.Has("path") {
		return "", "", "", nil, false
	}
	id = form.Get("user[id]")
	if id == "" {
		_ = json.Unmarshal([]byte(form.Get("user")), &v.User)
		id = v.User.id()
	}
	if json.Unmarshal([]byte(form.Get("extra")), &extra) != nil {
		extra = map[string]any{}
		for name := range form {
			if inner, is := strings.CutPrefix(name, "extra["); is && strings.HasSuffix(inner, "]") {
				extra[strings.TrimSuffix(inner, "]")] = form.Get(name)
			}
		}
	}
	return form.Get("path"), form.Get("timestamp"), id, extra, true
}

// signed checks the header when it is there and a key is set: lower-case hex of HMAC-SHA256 over the body as it came,
// or over the body written anew as compact JSON (section 12).
func (h *Hooks) signed(header http.Header, body []byte) bool {
	given := header.Get(signature)
	if given == "" {
		return !h.require && len(header.Values(signature)) == 0
	}
	if len(h.key) == 0 {
		return !h.require
	}
	sig, err := hex.DecodeString(given)
	if err != nil {
		return false
	}
	return h.verify(body, sig) || h.verify(compact(body), sig)
}

func (h *Hooks) verify(message, sig []byte) bool {
	mac := hmac.New(sha256.New, h.key)
	mac.Write(message)
	return hmac.Equal(mac.Sum(nil), sig)
}

// compact writes JSON anew without blanks, in the same order, with neither slashes nor foreign letters escaped.
func compact(body []byte) []byte {
	var tight bytes.Buffer
	if json.Compact(&tight, body) != nil {
		return nil
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	in := tight.Bytes()
	for i := 0; i < len(in); i++ {
		if in[i] != '"' {
			out.WriteByte(in[i])
			continue
		}
		end := i + 1
		for in[end] != '"' {
			if in[end] == '\\' {
				end++
			}
			end++
		}
		var s string
		if json.Unmarshal(in[i:end+1], &s) != nil || strings.ContainsRune(s, '\uFFFD') {
			out.Write(in[i : end+1])
		} else {
			_ = enc.Encode(s)
			out.Truncate(out.Len() - 1) // the encoder's line end
		}
		i = end
	}
	return out.Bytes()
}
