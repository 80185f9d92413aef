package connection

import (
	"bytes"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
)

func newSealer(t *testing.T) (string, *Sealer) {
	t.Helper()
	key, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	s, err := OpenSealer(key)
	if err != nil {
		t.Fatal(err)
	}
	return key, s
}

func TestASecretOpensOnlyWhereItWasSealed(t *testing.T) {
	t.Parallel()
	_, s := newSealer(t)
	sealed, err := s.Seal("ws", "con", "token", []byte("pit-secret"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte("secret")) {
		t.Error("the secret can be read")
	}
	plain, err := s.Open("ws", "con", "token", sealed)
	if err != nil || string(plain) != "pit-secret" {
		t.Errorf("got %q, %v", plain, err)
	}
	_, other := newSealer(t)
	broken := bytes.Clone(sealed)
	broken[len(broken)-1] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"another workspace":  func() ([]byte, error) { return s.Open("ws2", "con", "token", sealed) },
		"another connection": func() ([]byte, error) { return s.Open("ws", "con2", "token", sealed) },
		"another kind":       func() ([]byte, error) { return s.Open("ws", "con", "refresh", sealed) },
		"words moved along":  func() ([]byte, error) { return s.Open("wsc", "on", "token", sealed) },
		"another key":        func() ([]byte, error) { return other.Open("ws", "con", "token", sealed) },
		"a changed bit":      func() ([]byte, error) { return s.Open("ws", "con", "token", broken) },
		"nothing":            func() ([]byte, error) { return s.Open("ws", "con", "token", nil) },
	} {
		if plain, err := open(); !errors.Is(err, ErrCannotOpen) || plain != nil {
			t.Errorf("%s: %q, %v", name, plain, err)
		}
	}
}

func TestNoTwoPlacesAreBoundAlike(t *testing.T) {
	t.Parallel()
	seen := map[string][]string{}
	for _, parts := range [][]string{{"a", "b", "c"}, {"ab", "", "c"}, {"a", "bc", ""}, {"", "ab", "c"}, {"a\x01b", "", "c"}, {"a", "b\x01c", ""}, {"", "", ""}} {
		k := string(bound(parts...))
		if other, dup := seen[k]; dup {
			t.Errorf("%q and %q", parts, other)
		}
		seen[k] = parts
	}
}

func TestARotatedKeyOpensOldSecretsAndSealsNewOnes(t *testing.T) {
	t.Parallel()
	key, old := newSealer(t)
	sealed, err := old.Seal("w", "c", "token", []byte("one"))
	if err != nil {
		t.Fatal(err)
	}
	next, err := Rotate(key)
	if err != nil || next == key {
		t.Fatal(err)
	}
	s, err := OpenSealer(next)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := s.Open("w", "c", "token", sealed); err != nil || string(plain) != "one" {
		t.Errorf("got %q, %v", plain, err)
	}
	again, err := s.Seal("w", "c", "token", []byte("one"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := old.Open("w", "c", "token", again); err == nil {
		t.Error("the old key opens what the new one sealed")
	}
	if s.Current(sealed) || !s.Current(again) || !old.Current(sealed) || s.Current(nil) {
		t.Error("what waits to be sealed again is not told from what does not")
	}
}

func TestAKeyThatIsNoneIsRefusedInWords(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"", "x", "not base64!", base64.StdEncoding.EncodeToString([]byte("hello world, this is no keyset")), base64.StdEncoding.EncodeToString([]byte("{}"))} {
		if _, err := OpenSealer(key); err == nil || !strings.Contains(err.Error(), "COUPLET_SECRET_KEY") || !strings.Contains(err.Error(), ";") {
			t.Errorf("%q: %v", key, err)
		}
		if _, err := Rotate(key); err == nil {
			t.Errorf("%q was rotated", key)
		}
	}
}

func TestAKeyAsTinksOwnToolWritesItIsTaken(t *testing.T) {
	t.Parallel()
	h, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&buf)); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenSealer(" " + base64.StdEncoding.EncodeToString(buf.Bytes()) + "\n"); err != nil {
		t.Error(err)
	}
}

func TestAKeyFileIsMadeOnceAndForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "secret.key")
	key, made, err := KeyFile(path)
	if err != nil || !made {
		t.Fatal(made, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode is %v, %v", info.Mode(), err)
	}
	if again, made, err := KeyFile(path); err != nil || made || again != key {
		t.Errorf("the second time: %v, %v", made, err)
	}
	if _, err := OpenSealer(key); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("beside the key there is %v", left)
	}
}

func TestAKeyFileThatOthersCouldReadOrThatHoldsNoKeyIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	key, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := write("good", key, 0o600)
	link := filepath.Join(dir, "link")
	if err := os.Symlink(good, link); err != nil {
		t.Fatal(err)
	}
	for path, says := range map[string]string{
		good:                                 "",
		write("readonly", key, 0o400):        "",
		write("group", key, 0o640):           "chmod 600",
		write("world", key, 0o604):           "chmod 600",
		write("empty", "", 0o600):            "no usable key",
		write("wrong", "aGVsbG8=", 0o600):    "no usable key",
		link:                                 "no plain file",
		dir:                                  "no plain file",
		filepath.Join(dir, "none", "secret"): "folder exists",
	} {
		_, made, err := KeyFile(path)
		if (says == "") != (err == nil) || err != nil && (!strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), path)) || made {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestTwoThatMakeTheKeyFileAtOnceEndWithTheSameKey(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "secret.key")
	keys, makers := make([]string, 8), make([]bool, 8)
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			var err error
			if keys[i], makers[i], err = KeyFile(path); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	n := 0
	for i, k := range keys {
		if k != keys[0] {
			t.Error("the keys differ")
		}
		if makers[i] {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d made it", n)
	}
}
