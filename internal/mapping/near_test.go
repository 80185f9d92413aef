package mapping

import (
	"strings"
	"testing"

	"couplet/internal/connector"
)

func TestAFieldThatIsNotThereNamesTheOneThatWasMeant(t *testing.T) {
	t.Parallel()
	have := []connector.Field{{Name: "firstName"}, {Name: "email"}, {Name: "phone_number"}, {Name: "tags"}, {Name: "loyalty_level", Label: "Loyalty"}}
	for name, want := range map[string]string{
		"emial": "email", "emal": "email", "eemail": "email", "enail": "email", "email": "email", "EMAIL": "email",
		"first_name": "firstName", "frist_name": "firstName", "phone": "phone_number", "phonenumber": "phone_number",
		"tag": "tags", "Loyalty": "loyalty_level", "company": "", "ta": "tags", "xy": "",
	} {
		got := near(name, have)
		if want == "" && got != "" || want != "" && !strings.Contains(got, `"`+want+`"`) {
			t.Errorf("for %q it says %q, want %q", name, got, want)
		}
	}
}
