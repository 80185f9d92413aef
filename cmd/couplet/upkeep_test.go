package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"couplet/internal/sandbox"
)

// TestAKeyIsRotatedAndTheFlowStillRuns for a key that is kept in the data folder and one that is given.
func TestAKeyIsRotatedAndTheFlowStillRuns(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, url func(testing.TB) string) {
		h := newHouse(t, sandbox.Options{Contacts: 20, Seed: 3}, url(t))
		h.must("apply", "-f", h.file)
		file := filepath.Join(h.data, "couplet.key")
		old, secrets := readFile(t, file), h.content("secret")
		out := h.must("rotate-key")
		if !strings.HasPrefix(out, "Sealed 2 secrets with a new key, kept in "+file+".") || strings.Contains(out, strings.TrimSpace(string(old))) {
			t.Error(out)
		}
		fresh := readFile(t, file)
		if bytes.Equal(fresh, old) || h.content("secret") == secrets {
			t.Error("the key or what it seals is the old one")
		}
		h.run()
		h.complete()

		// With the key from before the secrets cannot be read: the sentence says which, and nothing is lost.
		if err := os.WriteFile(file, old, 0o600); err != nil {
			t.Fatal(err)
		}
		before := h.content("secret", "link", "mirror")
		h.refused(1, "The key of connection hl cannot be read: a stored secret does not open with this key; check COUPLET_SECRET_KEY or the key file of the data folder, "+
			"which must be the one that was in use when the secret was stored.", "run", "contacts", "--json")
		if h.content("secret", "link", "mirror") != before {
			t.Error("a run with the wrong key changed what is stored")
		}

		// A key that is given is not kept anywhere: the new one is printed, once.
		h.set("COUPLET_SECRET_KEY", strings.TrimSpace(string(fresh)))
		lines := strings.Split(strings.TrimSpace(h.must("rotate-key")), "\n")
		if lines[0] != "Sealed 2 secrets with a new key. Set COUPLET_SECRET_KEY to this before the next start:" || len(lines) != 2 {
			t.Fatal(lines)
		}
		h.set("COUPLET_SECRET_KEY", lines[1])
		h.run()
	})
}

// TestABackupIsRestoredAndTheFlowGoesOn in the same place and without the key in it.
func TestABackupIsRestoredAndTheFlowGoesOn(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{Contacts: 30, Seed: 3}, "")
	h.must("apply", "-f", h.file)
	h.run()
	file := filepath.Join(t.TempDir(), "backup.db")
	if out := h.must("backup", file); !strings.Contains(out, "The key is not part of it: keep "+filepath.Join(h.data, "couplet.key")) {
		t.Error(out)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	if b := readFile(t, file); bytes.Contains(b, []byte(h.info.HighLevel.Token)) || bytes.Contains(b, bytes.TrimSpace(readFile(t, filepath.Join(h.data, "couplet.key")))) {
		t.Error("the backup holds a key that can be read")
	}
	h.refused(1, "The file "+file+" exists already, and a backup never replaces one. Give another name.", "backup", file)
	kept := h.content()
	d := h.raw()
	h.exec(d, "delete from link")
	h.exec(d, "delete from mirror")
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	h.refused(1, "is no couplet backup that can be restored: it is no SQLite database, or damaged. Nothing was changed.", "restore", h.file)
	if out := h.must("restore", file); !strings.Contains(out, "What was there before is kept in "+filepath.Join(h.data, "couplet.db.before-restore")) {
		t.Error(out)
	}
	if h.content() != kept {
		t.Error("what was restored is not what was backed up")
	}
	if r := h.run(); r.APICalls["a"].Write+r.APICalls["b"].Write > 0 {
		t.Errorf("a run after the restore wrote: %+v", r)
	}
	h.complete()
}

// TestTheDoctorFindsWhatIsWrong and finds nothing where all is well.
func TestTheDoctorFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, url func(testing.TB) string) {
		h := newHouse(t, sandbox.Options{Contacts: 4}, url(t))
		h.must("apply", "-f", h.file)
		examine := func(code int) (findings map[string]finding) {
			out, errs, got := h.call("doctor", "--json")
			var d struct {
				OK     bool
				Checks []finding
			}
			if err := json.Unmarshal([]byte(out), &d); err != nil || got != code || d.OK != (code == 0) {
				t.Fatalf("code %d, %v: %s%s", got, err, out, errs)
			}
			h.silent(out + errs)
			findings = map[string]finding{}
			for _, f := range d.Checks {
				findings[f.Check] = f
			}
			return findings
		}
		for check, f := range examine(0) {
			if !f.OK {
				t.Errorf("%s: %s", check, f.Text)
			}
		}
		h.box.HighLevel.Revoke(h.info.HighLevel.Token)
		f := examine(1)
		if f["connection hl"].OK || f["connection hl"].Text != "HighLevel does not know this private integration token. It may have been deleted or rotated. Copy the current one from Settings > Private Integrations and connect again." {
			t.Errorf("%+v", f["connection hl"])
		}
		if !f["connection uc"].OK || !f["database"].OK {
			t.Errorf("%+v", f)
		}
		h.refused(1, "MEND  connection hl", "doctor")
	})
}
