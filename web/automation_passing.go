package web

import (
	"maps"
	"slices"
	"strings"

	"couplet/internal/automation"
	"couplet/templates"
)

// passing is what the filter would do with the stored records: how many of them pass, and some that do and that do not by name.
type passing struct {
	words string
	// counted says that words is a count, and not why there is none.
	counted  bool
	yes, not []string
}

// examplesShown is how many records are named that pass, and that do not.
const examplesShown = 3

// passes works that out once, nil where there is no filter that can be decided.
func (b *canvasView) passes() *passing {
	if !b.judged {
		b.judged, b.passing = true, b.judge()
	}
	return b.passing
}

func (b *canvasView) judge() *passing {
	f := b.a().Filter
	if f.IsZero() || b.wrongAt(templates.OpenFilter) || b.object == nil {
		return nil
	}
	if len(b.stored) == 0 {
		return &passing{words: "How many would pass is not known yet: no flow has read " + b.object.Many + " of this account."}
	}
	values := automation.Values(b.a(), "", b.systems)
	scene, looks := b.sceneOf(values), f.Looks(values)
	sample := scene.Data
	out, n, pass := &passing{}, 0, 0
	var unread []string
	for _, r := range b.stored {
		known := true
		for _, path := range looks {
			if r.holds(path) {
				continue
			}
			if known = false; !slices.Contains(unread, path) {
				unread = append(unread, path)
			}
		}
		if !known {
			continue
		}
		scene.Data = maps.Clone(sample)
		maps.Copy(scene.Data, r.data)
		holds, _, err := scene.Judge(f, values)
		if err != nil {
			return &passing{words: "For “" + r.name + "” it cannot be decided: " + err.Error()}
		}
		if n++; holds {
			pass++
			out.yes = append(out.yes, r.name)
		} else {
			out.not = append(out.not, r.name)
		}
	}
	out.yes, out.not = out.yes[:min(len(out.yes), examplesShown)], out.not[:min(len(out.not), examplesShown)]
	switch {
	case n == 0:
		for i, path := range unread {
			unread[i] = "“" + automation.Label(values, path) + "”"
		}
		out.words = "How many would pass is not known: no flow reads " + listed(unread) + " of " + b.object.Many + ", and only what a flow reads is stored."
		return out
	case n == recordsCounted:
		out.words = templates.Number(pass) + " of the last " + templates.Number(n) + " " + b.object.Many + " would pass"
	default:
		out.words = templates.Number(pass) + " of the " + templates.Count(n, b.object.One, b.object.Many) + " read so far would pass"
	}
	out.counted = true
	return out
}

// holds reports whether the store knows a value of the record: a flow reads the fields that it needs, and no others.
func (r storedRecord) holds(path string) bool {
	root, name, _ := strings.Cut(path, ".")
	if root == "now" || root == "settings" {
		return true
	}
	in, is := r.data[root].(map[string]any)
	_, there := in[name]
	return is && there
}
