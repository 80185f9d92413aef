package connector

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Load reads a spec and checks all of it in one pass. Unknown keys are errors: a misspelt key would otherwise be a
// rule that never holds.
func Load(data []byte) (*Spec, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	var s Spec
	if err := dec.Decode(&s); err != nil {
		return nil, fmt.Errorf("read spec: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("read spec: text after the end")
	}
	for i := range s.Errors {
		s.Errors[i].compile()
	}
	if err := s.Check(); err != nil {
		return nil, err
	}
	return &s, nil
}

// MustLoad is Load for a spec that is part of the program.
func MustLoad(data []byte) *Spec {
	s, err := Load(data)
	if err != nil {
		panic(err)
	}
	return s
}

// Check reports everything that is wrong with the data, joined.
func (s *Spec) Check() error {
	var p problems
	p.in = "spec"
	p.want(word.MatchString(s.ID), "id %q is not a lower-case word", s.ID)
	p.want(s.Name != "", "name is empty")
	p.want(s.Mark == "hl" || s.Mark == "uc", "mark %q is not one of the drawings, hl and uc", s.Mark)
	p.want(s.Auth.Header != "" && s.Auth.Scheme != "", "auth needs a header and a scheme")
	p.want(len(s.Credentials) > 0, "no credentials")
	p.want(len(s.Objects) > 0, "no objects")
	s.checkAddress(&p)
	for _, c := range s.Credentials {
		p.in = "credential " + c.Label
		p.want(c.Kind == "token" || c.Kind == "oauth", "kind %q is neither token nor oauth", c.Kind)
		p.want(c.Kind != "oauth" || s.OAuth != nil, "kind is oauth, but there is no oauth")
		p.want(c.Label != "" && c.Looks != "", "label or looks is empty")
		p.sentence("help", c.Help)
		p.pattern(c.Pattern)
	}
	s.checkLimits(&p)
	for i, rule := range s.Errors {
		p.in = fmt.Sprintf("error rule %d (%d %s)", i+1, rule.Status, rule.Match)
		rule.check(&p)
	}
	seen := map[string]bool{}
	for _, scope := range s.Scopes {
		p.in = "scope " + scope.Name
		p.want(!seen[scope.Name], "listed twice")
		p.want(scope.Name != "" && scope.Why != "", "name or why is empty")
		for _, need := range scope.For {
			p.want(slices.Contains(Needs, need), "for names the unknown need %q", need)
		}
		for _, object := range scope.Objects {
			_, known := s.Object(object)
			p.want(known, "objects names the unknown object %q", object)
		}
		seen[scope.Name] = true
	}
	for i := range s.Objects {
		p.in = "object " + s.Objects[i].Name
		s.Objects[i].check(&p)
		if parent := s.Objects[i].Parent; parent != "" {
			o, known := s.Object(parent)
			p.want(known && o.Parent == "", "parent %q is no object that hangs on nothing", parent)
		}
	}
	s.checkSettings(&p)
	p.in = "hooks"
	p.want(slices.Contains([]string{"app", "manual", "none"}, s.Hooks.Kind), "kind %q is unknown", s.Hooks.Kind)
	p.sentence("help", s.Hooks.Help)
	return errors.Join(p.found...)
}

func (s *Spec) checkAddress(p *problems) {
	base := s.Base
	for _, param := range s.Params {
		p.in = "param " + param.Name
		p.want(param.Name != "" && param.Label != "" && param.Example != "", "name, label or example is empty")
		p.sentence("help", param.Help)
		if re := p.pattern(param.Pattern); re != nil {
			p.want(re.MatchString(param.Example), "example does not match the pattern")
		}
		base = strings.ReplaceAll(base, "{"+param.Name+"}", "x")
	}
	p.in = "spec"
	u, err := url.Parse(base)
	p.want(err == nil && u.Scheme == "https" && u.Host != "" && !strings.ContainsAny(base, "{}"),
		"base %q is no https address whose {params} are all declared", s.Base)
	p.want(!strings.HasSuffix(base, "/"), "base ends in a slash")
}

func (s *Spec) checkLimits(p *problems) {
	p.in = "limits"
	p.want(s.Limits.Max > 0 && s.Limits.Window > 0, "max and window must be above zero")
	p.want(s.Limits.Share > 0 && s.Limits.Share <= 1, "share must be above 0 and at most 1")
	if s.OAuth != nil {
		p.in = "oauth"
		s.checkOAuth(p)
	}
}

func (s *Spec) checkOAuth(p *problems) {
	o := s.OAuth
	for _, address := range []string{o.AuthorizeURL, o.TokenURL} {
		p.want(strings.HasPrefix(address, "https://") || address == "" && o.Undocumented, "addresses must be https")
	}
	for name := range o.Account {
		known := slices.ContainsFunc(s.Params, func(param Param) bool { return param.Name == name })
		p.want(known, "account names the unknown param %q", name)
	}
	p.want(o.RefreshAhead > 0, "refresh_ahead must be above zero")
	p.sentence("help", o.Help)
	for name, text := range map[string]string{"removed": o.Removed, "installed": o.Installed, "redirects": o.Redirects} {
		if text != "" {
			p.sentence(name, text)
		}
	}
	if o.AppID != "" {
		p.pattern(o.AppID)
	}
	if a := o.Agency; a != nil {
		p.want(len(a.Expect) > 0 && a.ID != "" && a.One != "" && a.Many != "", "agency needs expect, id, one and many")
	}
}

func (o *Object) check(p *problems) {
	in := p.in
	p.want(word.MatchString(o.Name) && o.One != "" && o.Many != "", "name or nouns are missing")
	known := map[string]bool{}
	for _, f := range o.Fields {
		p.in = in + " field " + f.Name
		p.want(!known[f.Name], "listed twice")
		known[f.Name] = true
	}
	for _, f := range o.Fields {
		p.in = in + " field " + f.Name
		f.check(p, known)
	}
	p.in = in
	p.want(o.Stamp.Label == "" || o.Stamp.Type == Text && (o.Stamp.Custom || known[o.Stamp.Name]), "stamp must be a text field, a custom one or one of fields")
	p.want(o.Stamp.Label != "" || len(o.Alike) > 0, "neither a stamp nor alike tells the records apart")
	p.want(!o.Whole || o.Parent == "" && !o.Changes, "whole is for records that hang on nothing and of which changes cannot be asked for")
	p.want(o.Parent != "" || !o.PerParent, "per_parent without a parent")
	for what, names := range map[string][]string{"alike": o.Alike, "required": o.Required} {
		for _, name := range names {
			p.want(known[name], "%s names the unknown field %q", what, name)
		}
	}
	p.want(len(o.Title) > 0, "title names no field")
	for _, name := range o.Title {
		p.want(known[name], "title names the unknown field %q", name)
	}
	for view, names := range o.Views {
		for _, name := range names {
			p.want(known[name], "view %s names the unknown field %q", view, name)
		}
	}
}

func (f Field) check(p *problems, known map[string]bool) {
	types := []Type{Text, Email, Phone, Number, Bool, Day, Instant, Set, Option, HTML, User, Linked}
	writes := []Write{Yes, No, Try}
	p.want(f.Name != "" && f.Label != "", "name or label is empty")
	p.want(slices.Contains(types, f.Type), "type %q is unknown", f.Type)
	p.want(slices.Contains(writes, f.OnCreate) && slices.Contains(writes, f.OnUpdate), "on_create or on_update is unknown")
	p.want(f.Read || f.OnCreate != No || f.OnUpdate != No, "can be neither read nor written")
	p.want(slices.Contains([]string{"", NameKey, DomainKey}, f.Match), "match %q is unknown", f.Match)
	p.want((f.Type == Linked) == (f.Object != ""), "object goes with type linked")
	p.want(!f.Consent || f.Type == Bool, "consent must be a bool")
	p.want(f.Type != Option || len(f.Options) > 0, "option without options")
	p.want(f.MaxLen >= 0, "max_len is below zero")
	p.want(!f.Custom, "a standard field cannot be custom")
	for _, part := range f.Parts {
		p.want(known[part], "part %q is unknown", part)
	}
	if f.Help != "" {
		p.sentence("help", f.Help)
	}
}

var (
	word        = regexp.MustCompile(`^[a-z][a-z0-9]*$`)
	settingName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

// problems gathers findings, each with the place it was found in.
type problems struct {
	in    string
	found []error
}

func (p *problems) want(ok bool, format string, args ...any) {
	if !ok {
		p.found = append(p.found, fmt.Errorf("%s: %s", p.in, fmt.Sprintf(format, args...)))
	}
}

func (p *problems) sentence(name, text string) {
	p.want(strings.HasSuffix(text, "."), "%s %q is not a sentence", name, text)
}

func (p *problems) pattern(pattern string) *regexp.Regexp {
	re, err := whole(pattern)
	p.want(err == nil && pattern != "", "pattern %q does not compile", pattern)
	return re
}

// whole compiles a pattern that must match all of a text.
func whole(pattern string) (*regexp.Regexp, error) { return regexp.Compile(`^(?:` + pattern + `)$`) }
