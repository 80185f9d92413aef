package mapping

import (
	"errors"
	"strings"

	"couplet/internal/connector"
)

var separator = Setting{Name: "separator", Label: "Between them", Kind: "line", Default: ", ", Needed: true}

var listKinds = []StepKind{
	{Name: "join_list", Title: "List to text", Icon: "combine", Group: groupList, Help: "The names of a list become one text.",
		Settings: []Setting{separator}, make: func(s settings) (stage, error) {
			return stage{reads: true, get: func(_ *Rule, v Value) (Value, error) {
				return strings.Join(AsSet(v), s["separator"]), nil
			}, loses: "A list does not come back from its text."}, nil
		}},
	{Name: "split_list", Title: "Text to list", Icon: "list", Group: groupList, Help: "A text becomes a list of names, parted where the separator stands.",
		Settings: []Setting{separator}, make: func(s settings) (stage, error) {
			return stage{reads: true, get: func(_ *Rule, v Value) (Value, error) {
				var out []string
				for part := range strings.SplitSeq(text(v), strings.TrimSpace(s["separator"])) {
					if part = strings.TrimSpace(part); part != "" {
						out = append(out, part)
					}
				}
				if out == nil {
					return nil, nil
				}
				return out, nil
			}, loses: "A text does not come back from its list."}, errIf(strings.TrimSpace(s["separator"]) == "", "a space parts no list; give another separator")
		}},
	{Name: "part", Title: "Take a part", Icon: "puzzle", Group: groupList, Help: "A text is cut at a separator, and one of its parts arrives.",
		Settings: []Setting{{Name: "separator", Label: "Cut at", Kind: "line", Needed: true, Default: ","}, {Name: "number", Label: "Which part", Kind: "number", Default: "1", Needed: true}},
		make: func(s settings) (stage, error) {
			n, err := wholeNumber(s, "number", 1)
			if err != nil {
				return stage{}, err
			}
			return oneWay("The other parts do not arrive.", func(v string) string {
				if parts := strings.Split(v, s["separator"]); n <= len(parts) {
					return strings.TrimSpace(parts[n-1])
				}
				return ""
			})
		}},
	{Name: "join_fields", Title: "Join fields", Icon: "merge", Group: groupList, Help: "Several fields become one text, as street, town and country become an address. Empty ones are left out.",
		Settings: []Setting{separator}, make: func(s settings) (stage, error) {
			return stage{many: true, get: func(_ *Rule, v Value) (Value, error) {
				p, ok := v.(Parts)
				if !ok {
					return v, nil
				}
				var out []string
				for _, x := range p {
					if x = strings.TrimSpace(x); x != "" {
						out = append(out, x)
					}
				}
				return strings.Join(out, s["separator"]), nil
			}, loses: "Fields that were joined do not come apart again."}, nil
		}},
	{Name: "formula", Title: "Formula", Icon: "sigma", Group: groupOwn, Help: "A calculation of your own. The value is called value; with several fields they are f1, f2 and so on. It cannot go through lists.",
		Settings: []Setting{{Name: "formula", Label: "Formula", Kind: "formula", Needed: true, Example: "value", Help: `For example upper(value[:1]) + value[1:], or f1 + " " + f2, or value > 100 ? "large" : "small".`}},
		make: func(s settings) (stage, error) {
			program, err := Formula(s["formula"])
			if err != nil {
				return stage{}, err
			}
			return stage{many: true, get: func(_ *Rule, v Value) (Value, error) { return calculate(program, v) },
				loses: "What a formula made does not become what it was made of."}, nil
		}},
}

func errIf(bad bool, text string) error {
	if bad {
		return errors.New(text)
	}
	return nil
}

// listed turns what a side shows into what its first step makes of it, where that step is about a list.
func (r *Rule) listed(side connector.Side, v Value) Value {
	if side != r.from || len(r.stages) == 0 || !r.stages[0].reads {
		return v
	}
	out, _ := r.stages[0].get(r, v) // those steps never fail
	return clean(out)
}
