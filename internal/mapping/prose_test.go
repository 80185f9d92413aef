package mapping_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

func TestWhatIsReadOfHTML(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"<p>One</p><p>Two <b>bold</b> and <i>thin</i>.</p>":               "One\n\nTwo bold and thin.",
		"One<br>Two<br/>\n  Three":                                        "One\nTwo\nThree",
		"<div>One</div><div>Two</div>":                                    "One\nTwo",
		"<ul><li>a</li><li><p>b</p></li><li></li></ul>x":                  "- a\n- b\n\n-\n\nx",
		"<ol><li>a</li><li>b<ul><li>c</li></ul></li></ol>":                "1. a\n2. b\n\n- c",
		`<a href="https://x.example/y">here</a>!`:                         "here (https://x.example/y)!",
		`<a href="https://x.example/">x.example</a>`:                      "x.example",
		`<a href="mailto:a@x.example">a@x.example</a>`:                    "a@x.example",
		"<p>a&nbsp;&amp;&lt;b&gt;</p>":                                    "a &<b>",
		"<style>p{}</style><p>x</p><script>y</script>":                    "x",
		"<p>Anna <anna@x.example> wrote</p>":                              "Anna <anna@x.example> wrote",
		"Anna <anna@x.example>\nwrote":                                    "Anna <anna@x.example>\nwrote",
		"plain &amp; simple":                                              "plain & simple",
		"2 < 3 > 1":                                                       "2 < 3 > 1",
		"<pre>a\n  b</pre>":                                               "a\n  b",
		"<p><br></p>":                                                     "",
		"<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>": "a b\nc",
		`<p><img src="x" alt="a map"></p>`:                                "a map",
		"</ul></a></pre></li>x":                                           "x",
	} {
		if got := mapping.Plain(in); got != want {
			t.Errorf("%q is read as %q, want %q", in, got, want)
		}
	}
}

func TestPlainTextBecomesParagraphs(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a\nb\r\n\r\n\r\nc": "<p>a<br>b</p><p>c</p>", "1 < 2 & \"x\"": "<p>1 &lt; 2 &amp; \"x\"</p>", "": "", " \n ": "", "<b>": "<p>&lt;b&gt;</p>",
	} {
		if got := mapping.Markup(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

// TestTheSameProse holds sync-semantics 5.4, "HTML notes canonicalised": what says the same to a reader is the same value.
func TestTheSameProse(t *testing.T) {
	t.Parallel()
	for _, same := range [][]string{
		{"<p>One</p><p>Two</p>", "One<br>Two", "<div>One</div>\n<div>Two</div>", "One\nTwo", "<p>One</p>\n\n<p><br></p><p>Two&nbsp;</p>", "<P class='x'>One</P><p>  Two</p>"},
		{"a &amp; b", "<p>a & b</p>", "a & b"},
		{"", "<p></p>", "<p>&nbsp;</p>", "<br>"},
	} {
		for _, s := range same {
			if mapping.Normal(connector.HTML, s, "") != mapping.Normal(connector.HTML, same[0], "") {
				t.Errorf("%q and %q differ", s, same[0])
			}
		}
	}
	for _, differ := range [][2]string{{"<p>One</p>", "<p>Two</p>"}, {"<a href='https://x.example/1'>x</a>", "<a href='https://x.example/2'>x</a>"}, {"ab", "a<br>b"}, {"&lt;b&gt;", ""}} {
		if mapping.Normal(connector.HTML, differ[0], "") == mapping.Normal(connector.HTML, differ[1], "") {
			t.Errorf("%q and %q are the same", differ[0], differ[1])
		}
	}
}

// marked draws HTML as editors make it, and as nobody should.
func marked(t *rapid.T) string {
	pieces := rapid.SliceOfN(rapid.OneOf(
		rapid.SampledFrom([]string{"<p>", "</p>", "<br>", "<br/>", "<div>", "</div>", "<ul>", "<ol>", "</ul>", "</ol>", "<li>", "</li>", "<b>", "</b>", "<pre>", "</pre>",
			`<a href="https://x.example/a?b=c&amp;d=1">`, "<a href=mailto:a@x.example>", "</a>", "&amp;", "&lt;p&gt;", "&nbsp;", "\n", " ", "- ", "1. ", "<h1>", "</h1>", "<!-- x -->",
			"<style>x</style>", "<a@x.example>", "<", ">", "&", "<script>", "</script>", "<img alt='i &lt;'>"}),
		rapid.StringMatching(`[a-zé<>&;" ]{0,8}`), words), 0, 14).Draw(t, "pieces")
	return strings.Join(pieces, "")
}

// TestProseGoesThereAndBack: get(put(n)) ≈ n on both sides, and what arrives agrees.
func TestProseGoesThereAndBack(t *testing.T) {
	t.Parallel()
	for _, other := range []connector.Type{connector.Text, connector.HTML} {
		r := rule(t, mapping.Row{}, field("x", connector.HTML), field("y", other))
		if r.Lossy != (other == connector.Text) {
			t.Error("lossy:", r.Lossy)
		}
		rapid.Check(t, func(t *rapid.T) {
			from := connector.Side(rapid.IntRange(0, 1).Draw(t, "from"))
			v := mapping.Value(marked(t))
			if from == connector.B && other == connector.Text {
				v = rapid.OneOf(rapid.String(), rapid.Custom(marked)).Draw(t, "text")
			}
			out, err := r.Convert(from.Other(), v)
			if err != nil {
				t.Fatal(err)
			}
			pair := [2]mapping.Value{v, out}
			if from == connector.B {
				pair = [2]mapping.Value{out, v}
			}
			if !r.Agree(pair[0], pair[1]) {
				t.Fatalf("%q became %q, and they do not agree", v, out)
			}
			if back, err := r.Convert(from, out); err != nil || !r.Same(from, v, back) {
				t.Fatalf("%q became %q and came back as %q (%v)", v, out, back, err)
			}
		})
	}
	// Between two fields of HTML the original travels.
	r := rule(t, mapping.Row{}, field("x", connector.HTML), field("y", connector.HTML))
	if v, err := r.Convert(connector.B, "<P  class=x>a</P>"); err != nil || v != "<P  class=x>a</P>" {
		t.Error(v, err)
	}
}
