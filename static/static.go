// Package static holds what a browser loads beside the pages: our own stylesheet and scripts, and, once `make assets`
// has run, the built files in dist: the same bundled and small, with htmx, the fonts and the icons from npm.
//
// A program built without them works all the same: the sources stand in for the bundles, the fonts for the system's,
// and every page is whole without scripts. Icons are then missing. [Missing] names what is not there, so that the
// server can say it aloud.
package static

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

//go:embed app.css app.js favicon.svg css js
var sources embed.FS

//go:embed dist
var built embed.FS

// Prefix is where the pages expect [Handler].
const Prefix = "/static/"

// wanted are the files that a complete build has in dist.
var wanted = []string{
	"app.css", "app.js", "htmx.min.js", "hx-sse.min.js", "icons.svg", "licences.txt",
	"fonts/geist-latin-wght-normal.woff2", "fonts/geist-mono-latin-wght-normal.woff2", "fonts/newsreader-latin-wght-normal.woff2",
}

// Files holds every file by its name without dist; a built file hides the source of the same name. It has no folders.
var Files fs.FS = files{}

type files struct{}

func (files) Open(name string) (fs.File, error) {
	dist, _ := fs.Sub(built, "dist")
	for _, layer := range []fs.FS{dist, sources} {
		f, err := layer.Open(name)
		if err != nil {
			continue
		}
		if info, err := f.Stat(); err == nil && !info.IsDir() {
			return f, nil
		}
		f.Close()
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// Path is the address of a file as pages write it: with a hash of its content, so that a browser may keep it for ever.
// A font is asked for without the hash that its file name carries. An icon is Path("icons.svg") + "#" + its name, in
// the href of an SVG use element.
func Path(name string) string {
	if v := hash(name); v != "" {
		return Prefix + name + "?v=" + v
	}
	if named := hashed(name); named != "" {
		return Prefix + named
	}
	return Prefix + name
}

// Has reports whether a file is there: built, or a source.
func Has(name string) bool { return hash(name) != "" }

// Missing names the files that `make assets` would make and that were not there when the program was built.
func Missing() []string {
	return slices.DeleteFunc(slices.Clone(wanted), func(name string) bool {
		_, err := fs.Stat(built, "dist/"+name)
		return err == nil || hashed(name) != ""
	})
}

// Handler serves Files under [Prefix]. A file asked for by its hash never changes and is kept for ever; any other is
// asked about each time.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(path.Clean(r.URL.Path), Prefix)
		data, err := fs.ReadFile(Files, name)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("ETag", `"`+hash(name)+`"`)
		h.Set("Cache-Control", "no-cache")
		if r.URL.Query().Get("v") == hash(name) || hashed(unhashed(name)) == name {
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		if strings.HasSuffix(name, ".woff2") {
			h.Set("Content-Type", "font/woff2") // not every system's table knows it
		}
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(data))
	})
}

var hashes sync.Map

// hash is a short name for the content of a file, "" when there is no such file.
func hash(name string) string {
	if v, ok := hashes.Load(name); ok {
		return v.(string)
	}
	data, err := fs.ReadFile(Files, name)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(data)
	v := hex.EncodeToString(sum[:5])
	hashes.Store(name, v)
	return v
}

// hashed is the name of a font with the hash that the build put in front of its ending, "" when it was not built.
func hashed(name string) string {
	ext := path.Ext(name)
	if ext != ".woff2" {
		return ""
	}
	found, _ := fs.Glob(built, "dist/"+strings.TrimSuffix(name, ext)+"-????????"+ext)
	if len(found) != 1 {
		return ""
	}
	return strings.TrimPrefix(found[0], "dist/")
}

func unhashed(name string) string {
	ext := path.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	return stem[:max(strings.LastIndexByte(stem, '-'), 0)] + ext
}
