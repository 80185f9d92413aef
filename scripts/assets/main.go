// Command assets builds static/dist: our stylesheet and scripts, bundled and small, with htmx, the fonts and the icons
// from node_modules, and the licences they ask to be shipped with. Run it from the root of the project, after npm ci;
// `make assets` does both. The bundler is esbuild as a Go library, so nothing but npm itself needs Node.
//
// It fails when a first visit would load more than was decided: 100 KB packed without fonts, 110 KB of Latin fonts.
package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

const (
	dist    = "static/dist"
	modules = "node_modules"

	mostFirstLoad = 100 << 10 // packed: stylesheet, scripts, icons
	mostFonts     = 110 << 10 // the Latin ones; latin-ext is fetched only where a page has such a letter
)

// copied are third-party files that pages load as they are.
var copied = map[string]string{
	"htmx.min.js":   "htmx.org/dist/htmx.min.js",
	"hx-sse.min.js": "htmx.org/dist/ext/hx-sse.min.js",
}

var packages = []string{"htmx.org", "lucide-static", "@fontsource-variable/newsreader", "@fontsource-variable/geist", "@fontsource-variable/geist-mono"}

func main() {
	out, err := build()
	if err == nil {
		err = report(out)
	}
	if err == nil {
		err = write(out)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "assets:", err)
		os.Exit(1)
	}
}

// build makes all files in memory, by their names in dist, so that a failure leaves the last good build alone.
func build() (map[string][]byte, error) {
	out, err := bundle()
	if err != nil {
		return nil, err
	}
	for name, from := range copied {
		if out[name], err = os.ReadFile(filepath.Join(modules, from)); err != nil {
			return nil, fmt.Errorf("%w; run npm ci first", err)
		}
	}
	if out["icons.svg"], err = icons(); err != nil {
		return nil, err
	}
	for _, p := range packages {
		text, err := os.ReadFile(filepath.Join(modules, p, "LICENSE"))
		if err != nil {
			return nil, err
		}
		out["licences.txt"] = fmt.Appendf(out["licences.txt"], "==== %s ====\n\n%s\n\n", p, bytes.TrimSpace(text))
	}
	return out, nil
}

func bundle() (map[string][]byte, error) {
	res := api.Build(api.BuildOptions{
		EntryPoints: []string{"static/app.css", "static/app.js"},
		Outdir:      dist,
		AssetNames:  "fonts/[name]-[hash]", // static.Path knows this form
		Loader:      map[string]api.Loader{".woff2": api.LoaderFile},
		Bundle:      true, MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true,
		Engines:  []api.Engine{{Name: api.EngineChrome, Version: "123"}, {Name: api.EngineFirefox, Version: "121"}, {Name: api.EngineSafari, Version: "17.5"}},
		LogLevel: api.LogLevelWarning,
	})
	if len(res.Errors) > 0 {
		return nil, fmt.Errorf("%d errors in the sources above; if a font is not found, run npm ci first", len(res.Errors))
	}
	root, err := filepath.Abs(dist)
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	for _, f := range res.OutputFiles {
		name, err := filepath.Rel(root, f.Path)
		if err != nil {
			return nil, err
		}
		out[filepath.ToSlash(name)] = f.Contents
	}
	return out, nil
}

var drawing = regexp.MustCompile(`(?s)<svg[^>]*>(.*)</svg>`)

// icons makes one file of the icons that static/icons.txt names, each a symbol of its name.
func icons() ([]byte, error) {
	list, err := os.ReadFile("static/icons.txt")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg">` + "\n")
	for _, name := range strings.Fields(string(list)) {
		svg, err := os.ReadFile(filepath.Join(modules, "lucide-static/icons", name+".svg"))
		if err != nil {
			return nil, fmt.Errorf("icon %q of static/icons.txt: %w", name, err)
		}
		inner := drawing.FindSubmatch(svg)
		if inner == nil {
			return nil, fmt.Errorf("icon %q of static/icons.txt: no drawing in its file", name)
		}
		fmt.Fprintf(&b, `<symbol id="%s" viewBox="0 0 24 24">%s</symbol>`+"\n", name, bytes.Join(bytes.Fields(inner[1]), []byte(" ")))
	}
	b.WriteString("</svg>\n")
	return b.Bytes(), nil
}

func report(out map[string][]byte) error {
	names := make([]string, 0, len(out))
	for name := range out {
		names = append(names, name)
	}
	slices.Sort(names)
	load, fonts := 0, 0
	for _, name := range names {
		size := len(out[name])
		switch {
		case strings.HasSuffix(name, ".woff2"): // packed already
			if !strings.Contains(name, "latin-ext") {
				fonts += size
			}
		case name != "licences.txt":
			size = packed(out[name])
			load += size
		}
		fmt.Printf("%7.1f KB  %s\n", float64(size)/1024, name)
	}
	fmt.Printf("%7.1f KB  first load of %d, packed, and %.1f KB of Latin fonts of %d, once\n", float64(load)/1024, mostFirstLoad>>10, float64(fonts)/1024, mostFonts>>10)
	if load > mostFirstLoad || fonts > mostFonts {
		return fmt.Errorf("a first visit loads more than was decided; load what only one page needs on that page")
	}
	return nil
}

func packed(data []byte) int {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(data)
	w.Close()
	return b.Len()
}

// write replaces what is in dist, the placeholder aside.
func write(out map[string][]byte) error {
	old, err := os.ReadDir(dist)
	if err != nil {
		return err
	}
	for _, e := range old {
		if e.Name() == "placeholder.txt" {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dist, e.Name())); err != nil {
			return err
		}
	}
	for name, data := range out {
		path := filepath.Join(dist, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
