package connection

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Sealer seals secrets with AES-256-GCM. A sealed secret opens only for the workspace, connection and kind that it was
// sealed for: a row copied to another connection in the database is worth nothing there.
type Sealer struct {
	aead    tink.AEAD
	primary uint32
}

// ErrCannotOpen is the error of a secret that does not open.
var ErrCannotOpen = errors.New("a stored secret does not open with this key; check COUPLET_SECRET_KEY or the key file of the data folder, which must be the one that was in use when the secret was stored")

// NewKey makes a key for COUPLET_SECRET_KEY: a Tink keyset in base64.
func NewKey() (string, error) {
	h, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return "", fmt.Errorf("a new key could not be made: %w", err)
	}
	return encodeKey(h)
}

// OpenSealer makes a Sealer of a key that NewKey or Rotate made.
func OpenSealer(key string) (*Sealer, error) {
	h, err := decodeKey(key)
	if err != nil {
		return nil, err
	}
	a, err := aead.New(h)
	if err != nil {
		return nil, fmt.Errorf("COUPLET_SECRET_KEY holds a keyset that cannot seal; make one with: couplet rotate-key: %w", err)
	}
	return &Sealer{aead: a, primary: h.KeysetInfo().GetPrimaryKeyId()}, nil
}

// Rotate adds a new key that seals from now on and keeps the old ones for opening. Once everything is sealed again
// (see Current), the old ones are of no use.
func Rotate(key string) (string, error) {
	h, err := decodeKey(key)
	if err != nil {
		return "", err
	}
	m := keyset.NewManagerFromHandle(h)
	id, err := m.Add(aead.AES256GCMKeyTemplate())
	if err == nil {
		err = m.SetPrimary(id)
	}
	if err == nil {
		h, err = m.Handle()
	}
	if err != nil {
		return "", fmt.Errorf("the key could not be rotated: %w", err)
	}
	return encodeKey(h)
}

// Seal closes a secret for one workspace, connection and kind of secret.
func (s *Sealer) Seal(workspace, connection, kind string, plain []byte) ([]byte, error) {
	sealed, err := s.aead.Encrypt(plain, bound(workspace, connection, kind))
	if err != nil {
		return nil, fmt.Errorf("the secret could not be sealed: %w", err)
	}
	return sealed, nil
}

// Open opens what Seal closed for the same three.
func (s *Sealer) Open(workspace, connection, kind string, sealed []byte) ([]byte, error) {
	plain, err := s.aead.Decrypt(sealed, bound(workspace, connection, kind))
	if err != nil {
		return nil, ErrCannotOpen // the library's own words help nobody, and must not tell how far it got
	}
	return plain, nil
}

// AppSeal, AgencySeal and ConsentSeal name what is sealed and belongs to no connection, in place of the connection and
// the kind: the secret of an app, the tokens of an agency, and what a consent under way holds.
func AppSeal(system string) (owner, kind string) { return "app/" + system, "client" }

// AgencySeal is described at AppSeal.
func AgencySeal(system, agency string) (owner, kind string) {
	return "agency/" + system + "/" + agency, KindConsent
}

// ConsentSeal is described at AppSeal.
func ConsentSeal(id string) (owner, kind string) { return "consent/" + id, "consent" }

// Current reports whether a secret was sealed by the key that seals now. Otherwise it waits to be sealed again.
func (s *Sealer) Current(sealed []byte) bool {
	// Tink writes a version byte and the id of the key before each ciphertext.
	return len(sealed) > 5 && sealed[0] == 1 && binary.BigEndian.Uint32(sealed[1:5]) == s.primary
}

// bound writes each part after its length, so that no two triples give the same bytes.
func bound(parts ...string) []byte {
	var out []byte
	for _, p := range parts {
		out = append(binary.AppendUvarint(out, uint64(len(p))), p...)
	}
	return out
}

func encodeKey(h *keyset.Handle) (string, error) {
	var buf bytes.Buffer
	if err := insecurecleartextkeyset.Write(h, keyset.NewBinaryWriter(&buf)); err != nil {
		return "", fmt.Errorf("the key could not be written: %w", err)
	}
	return base64.StdEncoding.EncodeToString(buf.Bytes()), nil
}

func decodeKey(key string) (*keyset.Handle, error) {
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(key))
	if err != nil || len(raw) == 0 {
		return nil, errors.New("COUPLET_SECRET_KEY is not base64; give the whole line that the key file of the data folder holds")
	}
	var reader keyset.Reader = keyset.NewBinaryReader(bytes.NewReader(raw))
	if raw[0] == '{' { // as Tink's own tool writes it
		reader = keyset.NewJSONReader(bytes.NewReader(raw))
	}
	h, err := insecurecleartextkeyset.Read(reader)
	if err != nil {
		return nil, errors.New("COUPLET_SECRET_KEY is base64 but no Tink keyset; give the whole line that the key file of the data folder holds")
	}
	return h, nil
}
