package web

import (
	"context"
	"fmt"
	"strings"
	"time"

	"couplet/internal/connector"
	"couplet/templates"
)

const (
	// valuesWait is how long the lists of an account are waited for.
	valuesWait = 8 * time.Second
	// valuesMost is how many values of a list are offered.
	valuesMost = 200
)

// loadChoices asks the chosen account for the lists of values that an operation takes. What cannot be loaded is typed by hand, so a
// failure is a sentence beside its field.
func (s *Server) loadChoices(ctx context.Context, ws string, v *templates.OperationPage) error {
	v.Loaded, v.Lists = true, map[string]templates.OperationChoices{}
	conn, found, err := s.tryWith(ctx, ws, v)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, valuesWait)
	defer cancel()
	lists, asked := s.o.Connect.Systems[v.System.ID].Operations.Lists, map[string]templates.OperationChoices{}
	for _, t := range v.Takes {
		l, from := lists[t.From]
		if !from {
			continue
		}
		if !found {
			v.Lists[t.Name] = templates.OperationChoices{Problem: "The account is not connected here any more. Choose another one."}
			continue
		}
		if _, done := asked[t.From]; !done {
			answer, err := s.askAccount(ctx, conn, l.Operation, nil)
			asked[t.From] = valuesIn(answer, l)
			if e, ours := connector.AsError(err); ours {
				asked[t.From] = templates.OperationChoices{Problem: e.Message}
			} else if err != nil {
				return err
			}
		}
		v.Lists[t.Name] = asked[t.From]
	}
	return nil
}

// valuesIn are the values in the answer to a list's operation.
func valuesIn(answer any, l connector.List) (out templates.OperationChoices) {
	text := func(v any) string {
		if n, ok := v.(float64); ok {
			return fmt.Sprintf("%.0f", n)
		}
		s, _ := v.(string)
		return strings.TrimSpace(s)
	}
	body, _ := answer.(map[string]any)
	rows, _ := body[l.List].([]any)
	for _, r := range rows {
		row, _ := r.(map[string]any)
		value, label := text(row[l.Value]), text(row[l.Label])
		if value == "" {
			continue
		}
		if len(out.List) == valuesMost {
			break
		}
		if label == "" {
			label = value
		}
		out.List = append(out.List, templates.Choice{ID: value, Name: label})
	}
	return out
}
