package connector

import (
	"fmt"
	"slices"
	"strings"
)

// Setting returns the setting of that name.
func (s *Spec) Setting(name string) (Setting, bool) {
	i := slices.IndexFunc(s.Settings, func(x Setting) bool { return x.Name == name })
	if i < 0 {
		return Setting{}, false
	}
	return s.Settings[i], true
}

// Refuses says what is wrong with a value, in the form "must be …"; "" when the setting takes it. An empty value takes the
// choice back, so that the default holds.
func (s Setting) Refuses(value string) string {
	switch {
	case value == "" || slices.Contains(s.Options, value):
		return ""
	case len(s.Options) > 0:
		return "must be one of " + strings.Join(s.Options, ", ")
	}
	if re, err := whole(s.Pattern); err == nil && re.MatchString(value) {
		return ""
	}
	return "must be " + s.Looks
}

// Setting is what was chosen for a setting, or its default.
func (a Account) Setting(spec *Spec, name string) string {
	if v := a.Settings[name]; v != "" {
		return v
	}
	s, _ := spec.Setting(name)
	return s.Default
}

func (s *Spec) checkSettings(p *problems) {
	seen := map[string]bool{}
	for _, x := range s.Settings {
		p.in = "setting " + x.Name
		p.want(!seen[x.Name], "listed twice")
		seen[x.Name] = true
		p.want(settingName.MatchString(x.Name) && x.Label != "", "name or label is missing")
		p.sentence("help", x.Help)
		_, known := s.Object(x.Object)
		p.want(known || x.Object == "", "object %q is unknown", x.Object)
		p.want((len(x.Options) > 0) != (x.Pattern != ""), "one of options and pattern is needed")
		p.want(x.Pattern == "" || x.Looks != "", "looks is missing")
		if x.Pattern != "" {
			p.pattern(x.Pattern)
		}
		p.want(x.Refuses(x.Default) == "", "default %q %s", x.Default, x.Refuses(x.Default))
	}
}

// BadSettings says what is wrong with the settings given for an account of the system, by name; nil when nothing is.
func (s *Spec) BadSettings(given map[string]string) map[string]string {
	return BadSettings(s.Name, s.Settings, given)
}

// BadSettings is the same for the settings that a system of that name has.
func BadSettings(system string, has []Setting, given map[string]string) map[string]string {
	bad := map[string]string{}
	for name, value := range given {
		i := slices.IndexFunc(has, func(x Setting) bool { return x.Name == name })
		switch {
		case i < 0 && len(has) == 0:
			bad[name] = fmt.Sprintf("is not a setting: %s has none", system)
		case i < 0:
			var names []string
			for _, x := range has {
				names = append(names, x.Name)
			}
			bad[name] = fmt.Sprintf("is not a setting of %s; it has %s", system, strings.Join(names, ", "))
		case has[i].Refuses(value) != "":
			bad[name] = has[i].Refuses(value)
		}
	}
	if len(bad) == 0 {
		return nil
	}
	return bad
}
