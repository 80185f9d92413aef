package usercom

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"
)

// out writes JSON by hand: listing a hundred thousand contacts is mostly this,
// and the order of the keys stays that of the vendor's samples. Like the real
// server it leaves HTML and non-ASCII characters as they are.
type out struct {
	b     []byte
	comma bool
}

func (o *out) open(c byte) {
	o.sep()
	o.b = append(o.b, c)
	o.comma = false
}

func (o *out) close(c byte) {
	o.b = append(o.b, c)
	o.comma = true
}

func (o *out) sep() {
	if o.comma {
		o.b = append(o.b, ',')
	}
}

func (o *out) key(k string) {
	o.sep()
	o.b = appendString(o.b, k)
	o.b = append(o.b, ':')
	o.comma = false
}

func (o *out) raw(s string) {
	o.sep()
	o.b = append(o.b, s...)
	o.comma = true
}

// str writes a string, null when it is empty (section 3: unset values are null).
func (o *out) str(k, v string) {
	o.key(k)
	o.text(v)
}

func (o *out) text(v string) {
	if v == "" {
		o.raw("null")
		return
	}
	o.sep()
	o.b = appendString(o.b, v)
	o.comma = true
}

func (o *out) number(v int64) {
	o.sep()
	o.b = strconv.AppendInt(o.b, v, 10)
	o.comma = true
}

func (o *out) int(k string, v int64) {
	o.key(k)
	o.number(v)
}

// ref writes an id, null when it is 0.
func (o *out) ref(k string, id int64) {
	if id == 0 {
		o.null(k)
	} else {
		o.int(k, id)
	}
}

func (o *out) null(k string) {
	o.key(k)
	o.raw("null")
}

func (o *out) bool(k string, v bool) {
	o.key(k)
	o.raw(strconv.FormatBool(v))
}

const stamp = "2006-01-02T15:04:05.000000Z"

// time writes unix microseconds as section 3 shows timestamps, null when 0.
func (o *out) time(k string, micros int64) {
	if micros == 0 {
		o.null(k)
		return
	}
	o.key(k)
	o.b = append(o.b, '"')
	o.b = time.UnixMicro(micros).UTC().AppendFormat(o.b, stamp)
	o.b = append(o.b, '"')
	o.comma = true
}

// any writes the value of a custom attribute.
func (o *out) any(k string, v any) {
	o.key(k)
	if s, ok := v.(string); ok {
		o.text(s)
		return
	}
	o.sep()
	o.b = append(o.b, encode(v)...)
	o.comma = true
}

func encode(v any) []byte {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return []byte("null")
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
}

func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= 0x80 {
			return append(b, encode(s)...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}
