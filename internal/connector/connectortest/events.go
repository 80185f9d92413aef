package connectortest

import (
	"testing"

	"couplet/internal/connector"
)

// Events checks the samples of the records that events are about: each field has one of its type, and nothing else has.
func Events(t *testing.T, spec *connector.Spec, catalog *connector.Catalog) {
	t.Helper()
	if len(catalog.Events) == 0 {
		t.Fatal("there are no events")
	}
	if err := catalog.Watches(spec); err != nil {
		t.Error(err)
	}
	for name, thing := range catalog.Things {
		fields := catalog.FieldsOf(name, spec, nil)
		if len(fields) == 0 {
			t.Errorf("a %s has no fields", name)
		}
		if _, ok := thing.Sample["id"].(string); !ok {
			t.Errorf("the sample of a %s has no id", name)
		}
		for key := range thing.Sample {
			if _, known := connector.FieldNamed(fields, key); !known && key != "id" {
				t.Errorf("the sample of a %s has %s, which is no field of it", name, key)
			}
		}
		for _, f := range fields {
			v, ok := thing.Sample[f.Name]
			if !ok {
				if f.Type != connector.Linked {
					t.Errorf("the sample of a %s has no %s", name, f.Name)
				}
				continue
			}
			switch v.(type) {
			case bool:
				ok = f.Type == connector.Bool
			case float64:
				ok = f.Type == connector.Number
			case []any:
				ok = f.Type == connector.Set
			default:
				ok = f.Type != connector.Bool && f.Type != connector.Number && f.Type != connector.Set
			}
			if !ok {
				t.Errorf("the sample of a %s has %v as %s, which is a %s", name, v, f.Name, f.Type)
			}
		}
	}
}
