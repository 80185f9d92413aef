package mapping

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"couplet/internal/connector"
)

// A field of type HTML holds prose that one program formats in its own way and another cleans up in its own: tags,
// entities and white space say nothing about whether a person changed it. It is compared by what can be read of it, line
// by line (sync-semantics 5.4). What travels between two such fields is the original. Where the other field holds plain
// text, [Plain] and [Markup] turn one into the other.

// markedUp finds a tag that is one. Text between angle brackets that is none, as around an email address, is text.
var markedUp = regexp.MustCompile(`(?i)<!--|</?(?:p|br|div|span|a|b|strong|i|em|u|s|ul|ol|li|h[1-6]|blockquote|pre|code|table|thead|tbody|tr|td|th|img|hr|font|html|head|body|style|script|sub|sup|small|del|ins|strike|label|section|article|header|footer|figure|mark)(?:\s[^<>]*)?/?>`)

var blocks = map[atom.Atom]int{
	atom.P: 2, atom.H1: 2, atom.H2: 2, atom.H3: 2, atom.H4: 2, atom.H5: 2, atom.H6: 2, atom.Blockquote: 2, atom.Pre: 2, atom.Table: 2, atom.Ul: 2, atom.Ol: 2,
	atom.Div: 1, atom.Li: 1, atom.Tr: 1, atom.Hr: 1, atom.Section: 1, atom.Article: 1, atom.Header: 1, atom.Footer: 1, atom.Figure: 1, atom.Body: 1,
}

// Plain is what a person reads of HTML, as plain text: paragraphs parted by a blank line, list items with a dash or a
// number, addresses of links behind their words. Text without any tag keeps its lines.
func Plain(s string) string {
	s = unix(s)
	if !markedUp.MatchString(s) {
		return strings.TrimSpace(html.UnescapeString(s))
	}
	r := reading{}
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return strings.TrimSpace(r.out.String())
		}
		r.take(kind, z.Token())
	}
}

// reading is a text as it comes out of its tags.
type reading struct {
	out   strings.Builder
	lines int  // line ends that are due before the next word
	space bool // a space is due
	skip  int  // depth inside of what is never read
	pre   int
	// marked: a list item has begun, so its first word stands beside its mark.
	marked bool
	// lists holds, for each list that is open, the number of its last item, -1 where they have none.
	lists []int
	links []link
}

type link struct {
	to   string
	from int
}

func (r *reading) take(kind html.TokenType, t html.Token) {
	switch kind {
	case html.TextToken:
		r.text(t.Data)
	case html.StartTagToken, html.SelfClosingTagToken:
		r.open(t, kind == html.SelfClosingTagToken)
	case html.EndTagToken:
		r.close(t)
	}
}

func (r *reading) text(s string) {
	switch {
	case r.skip > 0:
	case r.pre > 0:
		for i, line := range strings.Split(s, "\n") {
			if i > 0 {
				r.breakLine(r.lines + 1)
			}
			r.word(line)
		}
	default:
		r.space = r.space || strings.TrimLeftFunc(s, unicode.IsSpace) != s
		for i, w := range strings.Fields(s) {
			r.space = r.space || i > 0
			r.word(w)
		}
		r.space = r.space || strings.TrimRightFunc(s, unicode.IsSpace) != s
	}
}

func (r *reading) word(s string) {
	if s == "" {
		return
	}
	switch {
	case r.out.Len() == 0:
	case r.lines > 0:
		r.out.WriteString(strings.Repeat("\n", min(r.lines, 2)))
	case r.space:
		r.out.WriteByte(' ')
	}
	r.lines, r.space, r.marked = 0, false, false
	r.out.WriteString(s)
}

func (r *reading) breakLine(n int) {
	if n > 0 && !r.marked {
		r.lines, r.space = max(r.lines, n), false
	}
}

func (r *reading) open(t html.Token, closed bool) {
	r.breakLine(blocks[t.DataAtom])
	switch t.DataAtom {
	case atom.Br:
		r.breakLine(r.lines + 1)
	case atom.Td, atom.Th:
		r.space = true
	case atom.Img:
		r.text(attribute(t, "alt"))
	case atom.Ul, atom.Ol:
		first := -1
		if t.DataAtom == atom.Ol {
			first = 0
		}
		r.lists = append(r.lists, first)
	case atom.Li:
		mark := "-"
		if n := len(r.lists) - 1; n >= 0 && r.lists[n] >= 0 {
			r.lists[n]++
			mark = strconv.Itoa(r.lists[n]) + "."
		}
		r.word(mark)
		r.space, r.marked = true, true
	case atom.Script, atom.Style, atom.Head, atom.Title:
		if !closed {
			r.skip++
		}
	case atom.Pre:
		r.pre++
	case atom.A:
		r.links = append(r.links, link{attribute(t, "href"), r.out.Len()})
	case 0:
		if strings.ContainsAny(t.Data, "@:") { // an address between angle brackets, and no tag
			r.text("<" + t.Data + ">")
		}
	}
}

func (r *reading) close(t html.Token) {
	switch t.DataAtom {
	case atom.Li:
		r.marked = false
	case atom.Ul, atom.Ol:
		r.lists = r.lists[:max(len(r.lists)-1, 0)]
	case atom.Script, atom.Style, atom.Head, atom.Title:
		r.skip = max(r.skip-1, 0)
	case atom.Pre:
		r.pre = max(r.pre-1, 0)
	case atom.A:
		if n := len(r.links) - 1; n >= 0 {
			l := r.links[n]
			r.links = r.links[:n]
			said := strings.TrimSpace(r.out.String()[l.from:])
			if to := strings.TrimSpace(l.to); to != "" && !strings.HasPrefix(to, "#") && bareAddress(said) != bareAddress(to) {
				r.space = true
				r.word("(" + to + ")")
			}
		}
	}
	r.breakLine(blocks[t.DataAtom])
}

// bareAddress is an address without what its words leave out: how it is called, and a slash at the end.
func bareAddress(to string) string {
	for _, scheme := range []string{"https://", "http://", "mailto:", "tel:"} {
		to = strings.TrimPrefix(to, scheme)
	}
	return strings.TrimRight(strings.ToLower(strings.TrimSpace(to)), "/")
}

func attribute(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// Markup is plain text as HTML: a blank line parts paragraphs, a line end within one becomes a break.
func Markup(s string) string {
	var out strings.Builder
	open := false
	for line := range strings.SplitSeq(unix(s), "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" && open:
			out.WriteString("</p>")
			open = false
		case line == "":
		case open:
			out.WriteString("<br>" + escaper.Replace(line))
		default:
			out.WriteString("<p>" + escaper.Replace(line))
			open = true
		}
	}
	if open {
		out.WriteString("</p>")
	}
	return out.String()
}

// unix writes line ends in one way.
func unix(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// lines is the form in which prose is compared: lines that say something, each with single spaces.
func lines(s string) string {
	var kept []string
	for line := range strings.SplitSeq(unix(s), "\n") {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

// isProse reports whether a rule joins HTML with plain text, and which side holds the HTML.
func (r *Rule) isProse() (markup connector.Side, ok bool) {
	if len(r.Fields[connector.A]) != 1 || len(r.Fields[connector.B]) != 1 {
		return 0, false
	}
	a, b := r.Fields[connector.A][0].Type, r.Fields[connector.B][0].Type
	plain := func(t connector.Type) bool { return t == connector.Text || t == connector.Option }
	switch {
	case a == connector.HTML && plain(b):
		return connector.A, true
	case b == connector.HTML && plain(a):
		return connector.B, true
	}
	return 0, false
}
