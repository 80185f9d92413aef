package mapping_test

import (
	"fmt"
	"testing"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// big is a map of 40 rows between two accounts of 80 fields, and five people with values in all of them.
func big() (a, b []connector.Field, rows []mapping.Row, samples []mapping.Sample) {
	for i := range 80 {
		t := []connector.Type{connector.Text, connector.Number, connector.Day, connector.Option}[i%4]
		a = append(a, labelled(fmt.Sprintf("customFields.x%02d", i), fmt.Sprintf("Field number %d", i), t))
		b = append(b, labelled(fmt.Sprintf("field_%02d", i), fmt.Sprintf("Attribute number %d", i), t))
	}
	for i := range 40 {
		rows = append(rows, mapping.Row{A: mapping.Names{a[i].Name}, B: mapping.Names{b[i].Name}})
	}
	for n := range 5 {
		s := mapping.Sample{{}, {}}
		for i := range a {
			s[0][a[i].Name], s[1][b[i].Name] = fmt.Sprint(n*i), fmt.Sprint(n*i)
		}
		samples = append(samples, s)
	}
	return a, b, rows, samples
}

// BenchmarkSuggest is what a page of 40 pairs and 80 free fields spends on finding partners.
func BenchmarkSuggest(b *testing.B) {
	x, y, rows, samples := big()
	for b.Loop() {
		mapping.Suggest(x, y, rows, samples, mapping.Options{}, nil)
	}
}

func BenchmarkWays(b *testing.B) {
	x, y, rows, _ := big()
	for b.Loop() {
		mapping.Ways(rows, x, y, mapping.Options{})
	}
}
