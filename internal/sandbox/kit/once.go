package kit

import (
	"errors"
	"net/http"
	"slices"
	"strings"
)

// Once is one fault that waits for one call. System and Method may be empty, which
// means any; Path is the path of the call, a last slash aside.
type Once struct {
	System string `json:"system,omitempty"`
	Method string `json:"method,omitempty"`
	Path   string `json:"path"`
	Fault  string `json:"fault"` // before, after or timeout
}

// Arm makes a fault strike at the next call that fits, once. It answers what is
// armed now.
func (f *Faults) Arm(o Once) ([]Once, error) {
	if !slices.Contains([]string{Before, After, Timeout}, o.Fault) {
		return nil, errors.New("a single fault is before, after or timeout")
	}
	if !strings.HasPrefix(o.Path, "/") {
		return nil, errors.New("path must begin with /")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed = append(f.armed, o)
	return slices.Clone(f.armed), nil
}

// strike takes the armed fault that fits a call, if there is one.
func (f *Faults) strike(system string, r *http.Request) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, o := range f.armed {
		if (o.System == "" || o.System == system) && (o.Method == "" || strings.EqualFold(o.Method, r.Method)) &&
			strings.TrimSuffix(o.Path, "/") == strings.TrimSuffix(r.URL.Path, "/") {
			f.armed = slices.Delete(f.armed, i, i+1)
			return o.Fault
		}
	}
	return ""
}
