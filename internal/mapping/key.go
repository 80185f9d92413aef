package mapping

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"couplet/internal/connector"
)

// Keys are the normalised values by which a record can be matched, by kind ("email", "phone", "name", "domain"), in the field
// order of the description. A value that is no valid number, or no bare domain, is no key.
func Keys(fields []connector.Field, f connector.Fields, region string) map[string]string {
	keys := map[string]string{}
	for _, field := range fields {
		kind := field.KeyKind()
		if kind == "" || keys[kind] != "" || Empty(f[field.Name]) {
			continue
		}
		if k := keyForm(kind, text(f[field.Name]), region); k != "" {
			keys[kind] = k
		}
	}
	return keys
}

func keyForm(kind, s, region string) string {
	switch kind {
	case string(connector.Email):
		return Normal(connector.Email, s, region)
	case string(connector.Phone):
		return E164(s, region)
	case connector.NameKey:
		// Legal forms stay: "Acme" and "Acme LLC" may be two companies.
		return lowered(strings.Join(strings.Fields(norm.NFC.String(s)), " "))
	case connector.DomainKey:
		return Domain(s)
	}
	return ""
}

// Domain is the host of a website that is given by nothing but its domain, without www. An address that goes on behind it is
// none: it may be a page on somebody else's site.
func Domain(s string) string {
	s = strings.TrimSpace(s)
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return ""
	}
	host := strings.TrimSuffix(lowered(u.Hostname()), ".")
	if bare := strings.TrimPrefix(host, "www."); strings.Contains(bare, ".") {
		host = bare
	}
	if !strings.Contains(host, ".") || strings.ContainsAny(host, " :") || strings.Trim(host, "0123456789.") == "" {
		return ""
	}
	return host
}

// Keyed are the fields of both sides with those marked as keys that are paired with one whose values are keys by what they say:
// where a website is kept in a field of the account's own, the domain in it identifies like the one on the other side.
func (m *Map) Keyed(fields [2][]connector.Field) [2][]connector.Field {
	for i := range m.Rules {
		r := &m.Rules[i]
		if len(r.Fields[0]) != 1 || len(r.Fields[1]) != 1 {
			continue
		}
		for side := range fields {
			kind, name := r.Fields[1-side][0].Match, r.Fields[side][0].Name
			j := slices.IndexFunc(fields[side], func(f connector.Field) bool { return kind != "" && f.Name == name && f.KeyKind() == "" })
			if j >= 0 {
				fields[side] = slices.Clone(fields[side])
				fields[side][j].Match = kind
			}
		}
	}
	return fields
}
