package highlevel

import (
	"slices"
	"testing"
)

// Section 7.5: the answer's key is misspelled, lists page by limit and skip without a total, and null is no text.
func TestBusinessesAreKept(t *testing.T) {
	t.Parallel()
	c := quiet(t, Options{})
	var ids []string
	for _, name := range []string{"A", "B", "C"} {
		ids = append(ids, dig(want(t, c, 201, "POST", "/businesses/", inLocation(c, obj{"name": name, "website": name + ".example"})), "buiseness.id").(string))
	}
	want(t, c, 422, "POST", "/businesses/", inLocation(c, obj{"website": "x"}))
	want(t, c, 422, "PUT", "/businesses/"+ids[0], obj{"locationId": c.LocationID()})
	want(t, c, 422, "PUT", "/businesses/"+ids[0], obj{"website": nil})
	if out := want(t, c, okay, "PUT", "/businesses/"+ids[0], obj{"website": ""}); dig(out, "buiseness.website") != nil || dig(out, "buiseness.name") != "A" {
		t.Error(out)
	}
	out := want(t, c, okay, "GET", "/businesses/?limit=2&skip=1&locationId="+c.LocationID(), nil)
	if rows := out["businesses"].([]any); len(rows) != 2 || dig(rows[0].(obj), "id") != ids[1] || out["total"] != nil {
		t.Error(out)
	}
	want(t, c, 422, "GET", "/businesses/?limit=101&locationId="+c.LocationID(), nil)
	want(t, c, okay, "DELETE", "/businesses/"+ids[2], nil)
	want(t, c, 404, "DELETE", "/businesses/"+ids[2], nil)
	want(t, c, 404, "GET", "/businesses/"+ids[2], nil)
}

// Section 4: the business of a contact is written by one call only, for at most 50 contacts.
func TestContactsJoinABusinessInBulk(t *testing.T) {
	t.Parallel()
	c := quiet(t, Options{})
	a, b := c.Add(person("a@example.com", "")), c.Add(person("b@example.com", ""))
	id := dig(want(t, c, 201, "POST", "/businesses/", inLocation(c, obj{"name": "A"})), "buiseness.id").(string)
	want(t, c, 422, "PUT", "/contacts/"+a, obj{"businessId": id})
	held := func(contact string) any {
		return dig(want(t, c, okay, "GET", "/contacts/"+contact, nil), "contact.businessId")
	}
	out := want(t, c, okay, "POST", "/contacts/bulk/business", inLocation(c, obj{"ids": []any{a, b, "nobody"}, "businessId": id}))
	if len(out["ids"].([]any)) != 2 || held(a) != id || held(b) != id {
		t.Error(out, held(a), held(b))
	}
	rows := want(t, c, okay, "GET", "/contacts/?locationId="+c.LocationID(), nil)["contacts"].([]any)
	if !slices.ContainsFunc(rows, func(r any) bool { return r.(obj)["businessId"] == id }) {
		t.Error("the list does not show it", rows)
	}
	want(t, c, okay, "POST", "/contacts/bulk/business", inLocation(c, obj{"ids": []any{a}, "businessId": nil}))
	want(t, c, 422, "POST", "/contacts/bulk/business", inLocation(c, obj{"ids": []any{a}}))
	want(t, c, 422, "POST", "/contacts/bulk/business", inLocation(c, obj{"ids": make([]string, 51), "businessId": id}))
	want(t, c, 404, "POST", "/contacts/bulk/business", inLocation(c, obj{"ids": []any{a}, "businessId": "none"}))
	want(t, c, okay, "DELETE", "/businesses/"+id, nil)
	if held(a) != nil || held(b) != nil {
		t.Error(held(a), held(b))
	}
}
