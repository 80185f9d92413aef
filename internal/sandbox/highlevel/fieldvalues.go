package highlevel

import (
	"math"
	"slices"
	"strconv"
	"time"
)

// mergeFields writes custom field values by id or key (section 4.3). A field that
// the location does not have is ignored [U]; an empty string or null clears [U].
func (c *CRM) mergeFields(old []fieldValue, items []any) ([]fieldValue, *apiError) {
	out := slices.Clone(old)
	for _, raw := range items {
		item, _ := raw.(map[string]any)
		id, _ := item["id"].(string)
		if id == "" {
			id, _ = item["key"].(string)
		}
		field := c.findField(id)
		if field == nil {
			continue
		}
		given, present := item["field_value"]
		if !present {
			given = item["value"] // some clients do
		}
		value, err := field.accept(given)
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(out, func(v fieldValue) bool { return v.ID == field.ID })
		switch {
		case value == nil && at >= 0:
			out = slices.Delete(out, at, at+1)
		case value == nil:
		case at >= 0:
			out[at].Value = value
		default:
			out = append(out, fieldValue{field.ID, value})
		}
	}
	return out, nil
}

// accept turns a written value into the one that is held; nil clears.
func (f *CustomField) accept(v any) (any, *apiError) {
	if v == nil || v == "" {
		return nil, nil
	}
	bad := badRequest("Invalid Custom Field Value %v for field %s", v, f.ID)
	switch f.DataType {
	case "NUMERICAL", "MONETORY", "FLOAT":
		if s, ok := v.(string); ok {
			n, err := strconv.ParseFloat(s, 64)
			if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
				return nil, bad
			}
			return n, nil
		}
		if !is[float64](v) {
			return nil, bad
		}
	case "CHECKBOX", "MULTIPLE_OPTIONS":
		list := strs(v)
		if s, ok := v.(string); ok {
			list = []string{s}
		}
		if len(list) == 0 {
			return nil, nil
		}
		for _, option := range list {
			if !f.has(option) {
				return nil, bad
			}
		}
		return list, nil
	case "SINGLE_OPTIONS", "RADIO":
		if s, ok := v.(string); !ok || !f.has(s) {
			return nil, bad
		}
	case "DATE":
		if ms, ok := v.(float64); ok {
			return time.UnixMilli(int64(ms)).UTC().Format(time.DateOnly), nil
		}
		s, _ := v.(string)
		t, ok := parseInstant(s)
		if !ok {
			return nil, bad
		}
		return t.Format(time.DateOnly), nil // how it is read back is [U]
	case "TEXTBOX_LIST", "FILE_UPLOAD":
		if !is[map[string]any](v) {
			return nil, nil // other shapes are ignored with 200 [M]
		}
	default:
		if !is[string](v) {
			return nil, bad
		}
	}
	return v, nil
}

func (f *CustomField) has(option string) bool {
	return f.AllowCustom || slices.Contains(f.Options, option)
}
