package browsertest

import (
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// picture is one page as it is, and the drawing it was made after.
type picture struct {
	Page, Look   string
	File, Drawn  string // paths from the index; Drawn is "" where nothing was drawn
	Width, Lacks string
}

// album collects pictures of pages in a folder. It is no check: people look at them.
type album struct {
	t             *testing.T
	out, drawings string
	mu            sync.Mutex
	all           []picture
}

// openAlbum begins an album when COUPLET_PICTURES names a folder (make pictures), else there is none.
func openAlbum(t *testing.T) *album {
	a := &album{t: t, out: os.Getenv("COUPLET_PICTURES"), drawings: os.Getenv("COUPLET_DESIGN")}
	if a.out == "" {
		return nil
	}
	if err := os.MkdirAll(a.out, 0o755); err != nil {
		t.Fatal(err)
	}
	if !exists(a.drawings) {
		t.Logf("measured: no drawings at %q, so the pictures stand alone", a.drawings)
		a.drawings = ""
	}
	return a
}

// take makes a picture of the page as it is seen now.
func (a *album) take(b *tab, s stop, l look) {
	if a == nil {
		return
	}
	a.t.Helper()
	p := picture{Page: s.name, Look: l.name, File: strings.ReplaceAll(strings.ReplaceAll(s.name, ",", ""), " ", "-") + "." + l.name + ".png", Width: fmt.Sprint(l.width / 2)}
	if err := os.WriteFile(filepath.Join(a.out, p.File), b.whole(l), 0o644); err != nil {
		a.t.Fatal(err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	p.Drawn, p.Lacks = drawing(a.t, a.drawings, a.out, s.drawn, l.name)
	a.all = append(a.all, p)
}

// close writes the index, which shows each picture beside the design's.
func (a *album) close() {
	if a == nil {
		return
	}
	f, err := os.Create(filepath.Join(a.out, "index.html"))
	if err != nil {
		a.t.Fatal(err)
	}
	defer f.Close()
	if err := index.Execute(f, a.all); err != nil {
		a.t.Fatal(err)
	}
	a.t.Logf("measured: %d pictures, see %s", len(a.all), filepath.Join(a.out, "index.html"))
}

// whole is a picture of the page as a window would show it that is high enough for all of it.
func (b *tab) whole(l look) []byte {
	b.t.Helper()
	b.settle()
	l.height = max(l.height, min(6000, demand[int64](b, "document.documentElement.scrollHeight")))
	b.seen(l)
	b.settle()
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	b.must(err)
	return png
}

// drawing copies the design's picture of a page into the folder, and says so when there is none.
func drawing(t *testing.T, from, to, name, look string) (file, lacks string) {
	t.Helper()
	if name == "" {
		return "", "not drawn"
	}
	if from == "" {
		return "", "the drawings are not here"
	}
	if look == "390px" {
		look = "mobile"
	}
	for _, as := range []string{look, "light"} {
		text, err := os.ReadFile(filepath.Join(from, name+"."+as+".png"))
		if err != nil {
			continue
		}
		file = "design-" + name + "." + as + ".png"
		if err := os.WriteFile(filepath.Join(to, file), text, 0o644); err != nil {
			t.Fatal(err)
		}
		if as != look {
			lacks = "drawn only in light"
		}
		return file, lacks
	}
	return "", "not drawn"
}

// settle waits until the page's typefaces are there and nothing moves.
func (b *tab) settle() {
	b.t.Helper()
	b.until("the page has settled", func() bool {
		return ask[bool](b, `document.readyState == "complete" && document.fonts.status == "loaded" && document.getAnimations().every((a) => a.playState != "running" || a.effect?.getComputedTiming().endTime == Infinity)`)
	})
}

var index = template.Must(template.New("index").Parse(`<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>Couplet: pages beside their drawings</title>
<style>
body { font: 15px/1.4 system-ui; margin: 2rem; background: #f4f4f2; color: #222 }
figure { display: inline-block; vertical-align: top; margin: 0 1.5rem 2rem 0 }
img { border: 1px solid #bbb; background: #fff }
h2 { border-top: 1px solid #ccc; padding-top: 1rem }
</style>
<h1>Pages beside their drawings</h1>
{{range .}}<h2>{{.Page}}, {{.Look}}</h2>
<figure><figcaption>as it is</figcaption><a href="{{.File}}"><img src="{{.File}}" width="{{.Width}}" alt="{{.Page}} as it is"></a></figure>
{{if .Drawn}}<figure><figcaption>{{or .Lacks "drawn"}}</figcaption><a href="{{.Drawn}}"><img src="{{.Drawn}}" width="{{.Width}}" alt="{{.Page}} as it was drawn"></a></figure>{{else}}<p>{{.Lacks}}</p>{{end}}
{{end}}
</html>
`))
