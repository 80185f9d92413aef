package highlevel

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"couplet/internal/connector"
)

// keys.pem holds the vendor's published signing keys: Ed25519 first, then the legacy RSA one (11.2).
//
//go:embed keys.pem
var builtIn string

// Option changes how calls of the system are verified.
type Option func(*Hooks) error

// HookKeys replaces the vendor's keys by a list of PEM public keys, for rotation and for other senders (11.2).
func HookKeys(pems ...string) Option {
	return func(h *Hooks) error {
		h.ed, h.rsa = nil, nil
		for _, text := range pems {
			if err := h.addKeys(text); err != nil {
				return err
			}
		}
		return nil
	}
}

// LegacyRSA also accepts calls that carry only the old RSA signature (11.2). Off unless set.
func LegacyRSA(on bool) Option {
	return func(h *Hooks) error { h.legacy = on; return nil }
}

// Hooks verifies and reads the system's calls. It needs no account: the call says which location it is about.
type Hooks struct {
	ed     []ed25519.PublicKey
	rsa    []*rsa.PublicKey
	legacy bool
}

// NewHooks makes a receiver with the vendor's own keys, or with those of the options.
func NewHooks(options ...Option) (*Hooks, error) {
	h := &Hooks{}
	if err := h.addKeys(builtIn); err != nil {
		return nil, err
	}
	for _, option := range options {
		if err := option(h); err != nil {
			return nil, err
		}
	}
	return h, nil
}

func (h *Hooks) addKeys(text string) error {
	rest := []byte(text)
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		key, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			return fmt.Errorf("read webhook key: %w", err)
		}
		switch key := key.(type) {
		case ed25519.PublicKey:
			h.ed = append(h.ed, key)
		case *rsa.PublicKey:
			h.rsa = append(h.rsa, key)
		default:
			return fmt.Errorf("read webhook key: %T is neither Ed25519 nor RSA", key)
		}
	}
	if len(h.ed)+len(h.rsa) == 0 {
		return fmt.Errorf("read webhook key: no PEM public key in it")
	}
	return nil
}

// event is a call, flat, or nested under data (11.1). One of an appointment has it nested (11.5), one of a message its id under a name of
// its own (11.4).
type event struct {
	Type       string `json:"type"`
	LocationID string `json:"locationId"`
	ID         string `json:"id"`
	ContactID  string `json:"contactId"`
	WebhookID  string `json:"webhookId"`
	Timestamp  string `json:"timestamp"`
	AppID      string `json:"appId"`
	CompanyID  string `json:"companyId"`
	Data       *event `json:"data"`

	Appointment *event `json:"appointment"`
	MessageID   string `json:"messageId"`
}

// Parse verifies the body as it came and says what to look at. An event that concerns no object yields no Refs.
func (h *Hooks) Parse(header http.Header, body []byte) (connector.Call, error) {
	if !h.signed(header, body) {
		return connector.Call{}, &connector.Error{Kind: connector.Unauthorized, Message: "A call in the name of " + spec.Name +
			" had no valid signature and was not stored. If " + spec.Name + " has changed its keys, set the new ones."}
	}
	var e event
	if err := json.Unmarshal(body, &e); err != nil {
		return connector.Call{}, &connector.Error{Kind: connector.Invalid, Message: "A call of " + spec.Name + " could not be read.", Err: err}
	}
	if inner := e.Data; inner != nil && e.ID == "" {
		e.ID, e.ContactID = inner.ID, first(e.ContactID, inner.ContactID)
		e.Type, e.LocationID = first(e.Type, inner.Type), first(e.LocationID, inner.LocationID)
		e.WebhookID, e.Timestamp = first(e.WebhookID, inner.WebhookID), first(e.Timestamp, inner.Timestamp)
		e.AppID, e.CompanyID = first(e.AppID, inner.AppID), first(e.CompanyID, inner.CompanyID)
		e.Appointment, e.MessageID = inner.Appointment, first(e.MessageID, inner.MessageID)
	}
	if a := e.Appointment; a != nil && e.ID == "" {
		e.ID, e.ContactID = a.ID, first(e.ContactID, a.ContactID)
	}
	e.ID = first(e.ID, e.MessageID)
	call := connector.Call{ID: e.WebhookID, Account: e.LocationID, Type: e.Type}
	call.At, _ = time.Parse(time.RFC3339Nano, e.Timestamp)
	if e.Type == "INSTALL" || e.Type == "UNINSTALL" { // 11.6
		call.App = &connector.AppCall{Removed: e.Type == "UNINSTALL", App: e.AppID, Agency: e.CompanyID}
	}
	for object, types := range spec.Hooks.Types {
		if !slices.Contains(types, e.Type) || e.ID == "" {
			continue
		}
		ref := connector.Ref{Object: object, ID: e.ID}
		if object != "contact" {
			ref.Parent = e.ContactID // real TaskCreate calls lack it (11.5)
		}
		call.Refs = append(call.Refs, ref)
	}
	return call, nil
}

// signed verifies the exact bytes. If the Ed25519 header is there, it alone decides (11.2).
func (h *Hooks) signed(header http.Header, body []byte) bool {
	if values, ok := header["X-Ghl-Signature"]; ok {
		sig, err := base64.StdEncoding.DecodeString(strings.Join(values, ""))
		return err == nil && len(sig) == ed25519.SignatureSize && slices.ContainsFunc(h.ed, func(key ed25519.PublicKey) bool {
			return ed25519.Verify(key, body, sig)
		})
	}
	if !h.legacy {
		return false
	}
	sig, err := base64.StdEncoding.DecodeString(header.Get("X-WH-Signature"))
	sum := sha256.Sum256(body)
	return err == nil && slices.ContainsFunc(h.rsa, func(key *rsa.PublicKey) bool {
		return rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], sig) == nil
	})
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
