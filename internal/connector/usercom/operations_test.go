package usercom_test

import (
	"bufio"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"couplet/internal/connector"
	"couplet/internal/connector/connectortest"
	"couplet/internal/connector/usercom"
)

// left are operations of the fact sheet that the catalog has not, each with its reason.
var left = map[string]string{
	"user_by_custom_id list_emails": "as of the person's number", "user_by_custom_id list_events": "as of the person's number",
	"user_by_custom_id list_ping_hits": "as of the person's number", "user_by_custom_id list_product_events": "as of the person's number",
	"user_by_custom_id list_segments": "as of the person's number", "user_by_custom_id timeline": "as of the person's number",
	"user_by_custom_id mass_update_standard_attributes": "as of the persons' numbers", "user_by_custom_id mass_update_custom_attributes": "as of the persons' numbers",
	"user_by_custom_id legacy_search": "of 2018, to be avoided", "deal create_by_custom_id_v1": "of the old dialect",
	"user find_by_attribute": "its parameter has the attribute's name", "segment list": "weak evidence", "activity_type list": "no evidence of its path",
	"company_by_custom_id add_tag": "as of the company's number", "company_by_custom_id remove_tag": "as of the company's number",
	"company_by_custom_id set_attribute": "as of the company's number", "company_by_custom_id set_multiple_attributes": "as of the company's number",
	"message send_as_agent": "nobody knows what it takes", "message send_as_user": "nobody knows what it takes",
	"product create": "nobody knows what it takes",
}

// TestOperationsAreThoseOfTheFactSheet holds method and path of each operation against usercom-operations.tsv, and asks
// why for each that is left out.
func TestOperationsAreThoseOfTheFactSheet(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("COUPLET_APIS")
	if folder == "" {
		folder = "../../../../shared/apis"
	}
	file, err := os.Open(filepath.Join(folder, "usercom-operations.tsv"))
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the list of operations is missing: %v", err)
		}
		t.Skipf("NOT CHECKED against the list of operations, which is missing: %v (set COUPLET_APIS)", err)
	}
	defer func() { _ = file.Close() }()
	have := map[string]int{}
	for _, o := range usercom.Operations().Operations {
		have[o.Method+" "+o.Path]++
	}
	listed := map[string]bool{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		col := strings.Split(lines.Text(), "\t")
		if col[0] != "action" && col[0] != "search" {
			continue
		}
		path, _, _ := strings.Cut(col[4], "?")
		for _, name := range []string{"custom_id", "user_id", "name_std", "id"} {
			path = strings.ReplaceAll(path, ":"+name+"/", "{"+name+"}/")
		}
		listed[col[3]+" "+path] = true
		if name := col[1] + " " + col[2]; have[col[3]+" "+path] == 0 && left[name] == "" {
			t.Errorf("%s, %s %s, is not in the catalog, and nothing says why", name, col[3], path)
		}
	}
	for call := range have {
		if !listed[call] {
			t.Errorf("%s is not on the fact sheet", call)
		}
	}
}

// TestOperationsOnTheSandbox makes the calls that the sandbox answers, as a person would who tries one after the other.
func TestOperationsOnTheSandbox(t *testing.T) {
	t.Parallel()
	info := start(t).Info().UserCom
	c, err := usercom.New(connector.Account{BaseURL: info.URL, Params: map[string]string{"subdomain": info.Subdomain}, HTTP: http.DefaultClient,
		Token: func(context.Context) (string, error) { return info.Token, nil }})
	if err != nil {
		t.Fatal(err)
	}
	type in = map[string]any
	type is = map[string]string
	connectortest.Play(t, c, []connectortest.Step{
		{Operation: "attribute-create", In: in{"name": "Loyalty level", "content_type": "clientuser", "value_type": "string"}, Keep: is{"attribute": "id"}},
		{Operation: "attribute", In: in{"id": "$attribute"}, Want: is{"name_std": "loyalty_level"}},
		{Operation: "attribute-list"},
		{Operation: "attribute-type", In: in{"name_std": "loyalty_level"}, Want: is{"value_type": "string"}},
		{Operation: "person-create", In: in{"email": "ada.bell@example.com", "first_name": "Ada", "phone_number": "+12025550103", "custom_id": "a/1", "tags": "new", "gender": "2", "loyalty_level": "gold"},
			Keep: is{"id": "id"}, Want: is{"email": "ada.bell@example.com", "loyalty_level": "gold"}},
		{Operation: "person", In: in{"id": "$id"}, Want: is{"custom_id": "a/1"}},
		{Operation: "own-person", In: in{"custom_id": "a/1"}, Want: is{"id": "$id"}},
		{Operation: "person-by-email", In: in{"email": "ada.bell@example.com"}, Want: is{"id": "$id"}},
		{Operation: "people-by-email", In: in{"email": "ada.bell@example.com"}, Want: is{"0.id": "$id"}},
		{Operation: "people-by-phone", In: in{"phone_number": "+12025550103"}, Want: is{"results.0.id": "$id"}},
		{Operation: "people-by-date", In: in{"search": "updated_at", "min": "2020-01-01T00:00:00Z", "max": "2099-01-01T00:00:00Z"}},
		{Operation: "person-list"},
		{Operation: "person-update", In: in{"id": "$id", "city": "Porto"}, Want: is{"city": "Porto"}},
		{Operation: "own-person-update", In: in{"custom_id": "a/1", "score": "7"}, Want: is{"score": "7"}},
		{Operation: "person-upsert", In: in{"custom_id": "a/1", "city": "Faro"}, Want: is{"created": "false", "id": "$id"}},
		{Operation: "person-set", In: in{"id": "$id", "attribute": "loyalty_level", "value": "silver"}},
		{Operation: "person-set-many", In: in{"id": "$id", "loyalty_level": "bronze"}},
		{Operation: "person-clear", In: in{"id": "$id", "attribute": "loyalty_level"}},
		{Operation: "own-person-set", In: in{"custom_id": "a/1", "attribute": "loyalty_level", "value": "silver"}},
		{Operation: "own-person-set-many", In: in{"custom_id": "a/1", "loyalty_level": "bronze"}},
		{Operation: "own-person-clear", In: in{"custom_id": "a/1", "attribute": "loyalty_level"}},
		{Operation: "people-set", In: in{"ids": []any{"$id"}, "attribute": "country", "value": "PT"}},
		{Operation: "person-tag", In: in{"id": "$id", "name": "vip"}, Want: is{"tag.name": "vip"}},
		{Operation: "person-untag", In: in{"id": "$id", "name": "vip"}},
		{Operation: "own-person-tag", In: in{"custom_id": "a/1", "name": "vip"}},
		{Operation: "own-person-tags", In: in{"custom_id": "a/1", "tag_names": "one, two"}},
		{Operation: "own-person-untag", In: in{"custom_id": "a/1", "name": "one"}},
		{Operation: "list-create", In: in{"name": "Guests"}, Keep: is{"list": "id"}},
		{Operation: "list-update", In: in{"id": "$list", "name": "Friends"}, Want: is{"name": "Friends"}},
		{Operation: "list-list"},
		{Operation: "person-on-list", In: in{"id": "$id", "list": "$list"}},
		{Operation: "person-off-list", In: in{"id": "$id", "list": "$list"}},
		{Operation: "own-person-on-list", In: in{"custom_id": "a/1", "list": "$list"}},
		{Operation: "own-person-off-list", In: in{"custom_id": "a/1", "list": "$list"}},
		{Operation: "list-delete", In: in{"id": "$list"}},
		{Operation: "tag-create", In: in{"name": "green"}, Keep: is{"tag": "id"}},
		{Operation: "tag-rename", In: in{"id": "$tag", "name": "blue"}, Want: is{"name": "blue"}},
		{Operation: "tag-list"},
		{Operation: "tag-people", In: in{"id": "$tag"}},
		{Operation: "tag-companies", In: in{"id": "$tag"}},
		{Operation: "tag-delete", In: in{"id": "$tag"}},
		{Operation: "company-create", In: in{"name": "Acme", "custom_id": "acme"}, Keep: is{"company": "id"}},
		{Operation: "company", In: in{"id": "$company"}, Want: is{"name": "Acme"}},
		{Operation: "own-company", In: in{"custom_id": "acme"}, Want: is{"id": "$company"}},
		{Operation: "company-update", In: in{"id": "$company", "city": "Lisbon"}, Want: is{"city": "Lisbon"}},
		{Operation: "own-company-update", In: in{"custom_id": "acme", "country": "PT"}, Want: is{"country": "PT"}},
		{Operation: "company-tag", In: in{"id": "$company", "name": "big"}},
		{Operation: "company-untag", In: in{"id": "$company", "name": "big"}},
		{Operation: "company-add", In: in{"id": "$company", "user_id": "$id"}},
		{Operation: "company-list"},
		{Operation: "company-delete", In: in{"id": "$company"}},
		{Operation: "activity-create", In: in{"activity_type": 3.0, "name": "Call", "due_date": "2031-03-01T09:30:00Z", "user_id": "$id"}, Keep: is{"activity": "id"}},
		{Operation: "activity-update", In: in{"id": "$activity", "name": "Call back", "done": true}, Want: is{"done": "true"}},
		{Operation: "activity", In: in{"id": "$activity"}, Want: is{"name": "Call back"}},
		{Operation: "activity-list"},
		{Operation: "activity-delete", In: in{"id": "$activity"}},
		{Operation: "attribute-delete", In: in{"id": "$attribute"}},
		{Operation: "own-person-delete", In: in{"custom_id": "a/1"}},
	})
}
