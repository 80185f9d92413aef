package flow

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"
)

// Revision names what decides about records: two flows of one revision plan the same for the same records. When a flow
// looks, how often it tries, and when it brakes are no part of it, so changing those leaves a rehearsal true.
func (f Flow) Revision() string {
	f.ID, f.Workspace, f.Name, f.Enabled, f.Version, f.Approval = "", "", "", false, 0, nil
	f.Scope.Since = time.Time{}
	f.Schedule, f.Brake, f.Retry = Schedule{}, Brake{}, Retry{}
	text, _ := json.Marshal(f) // a flow always marshals: it came from a file or a form
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}
