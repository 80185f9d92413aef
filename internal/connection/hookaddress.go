package connection

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
)

// HookSetting names the setting of a workspace that holds the hash of the hook secret of a connection, or of an automation.
func HookSetting(conn string) string { return "hook/" + conn }

// HookMadeSetting names the setting that holds when that address was made, in unix milliseconds.
func HookMadeSetting(conn string) string { return "hook_made/" + conn }

// NewHookSecret makes a secret for the address of a connection's hooks, and the hash to be kept under [HookSetting]. The
// secret itself is shown once and kept nowhere.
func NewHookSecret(key []byte) (secret, hash string) {
	var b [24]byte
	_, _ = rand.Read(b[:]) // it never fails
	secret = base64.RawURLEncoding.EncodeToString(b[:])
	return secret, HashHookSecret(key, secret)
}

// HookPath is the path of a connection's hooks.
func HookPath(system, conn, secret, event string) string {
	return "/hooks/" + system + "/" + conn + "/" + secret + "/" + event
}

// AutomationHookPath is the path by which another program sets an automation off.
func AutomationHookPath(id, secret string) string { return "/hooks/automations/" + id + "/" + secret }

// HashHookSecret is what is kept of a secret of a hook address.
func HashHookSecret(key []byte, secret string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("hook\n" + secret))
	return hex.EncodeToString(mac.Sum(nil))
}
