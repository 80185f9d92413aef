package highlevel

import (
	"net/http"
	"slices"
	"strings"
)

const (
	schemaRead                  = "objects/schema.readonly"
	recordsRead, recordsWrite   = "objects/record.readonly", "objects/record.write"
	linksOfRead                 = "associations.readonly"
	relationRead, relationWrite = "associations/relation.readonly", "associations/relation.write"
)

var (
	paged      = dto{"locationId": must(text), "skip": must(digits), "limit": must(digits)}
	recordBody = dto{"properties": must(object), "owner": array, "followers": array}

	objectPlans = []plan{
		{get, "/objects/", schemaRead, here, nil, listAll("objects", "objects")},
		{get, "/objects/{key}", schemaRead, here.with(dto{"fetchProperties": text}), nil, getObject},
		{post, "/objects/{schemaKey}/records/search", recordsRead, nil, dto{"locationId": must(filled), "page": must(number), "pageLimit": must(number), "query": must(text), "searchAfter": must(array)}, searchRecords},
		{get, "/objects/{schemaKey}/records/{id}", recordsRead, nil, nil, ofSchema(readOne("records", "id", "record"))},
		{post, "/objects/{schemaKey}/records", recordsWrite, nil, recordBody.with(dto{"locationId": must(filled)}), postRecord},
		{put, "/objects/{schemaKey}/records/{id}", recordsWrite, here, recordBody, ofSchema(changeOne("records", "id", http.StatusOK, "record"))},
		{del, "/objects/{schemaKey}/records/{id}", recordsWrite, nil, dto{}, ofSchema(dropOne("records", "id", http.StatusOK, "success"))},
		{get, "/associations/", linksOfRead, paged, nil, pageOf("associations", nil)},
		{get, "/associations/relations/{recordId}", relationRead, paged.with(dto{"associationIds": several}), nil, listRelations},
		{post, "/associations/relations", relationWrite, nil, dto{"locationId": must(filled), "associationId": must(filled), "firstRecordId": must(filled), "secondRecordId": must(filled)}, postRelation},
		{del, "/associations/relations/{relationId}", relationWrite, here, dto{}, deleteRelation},
	}
)

// schema is the custom object of a key. Records of the built-in ones are not held as objects here.
func (c *CRM) schema(key string) (*record, *apiError) {
	if found := c.having("objects", "key", key); len(found) > 0 {
		return found[0], nil
	}
	return nil, resourceGone("Object", key)
}

// ofSchema lets an act pass for a record that is of the object in the path.
func ofSchema(do act) act {
	return func(c *CRM, q *call) (int, any, *apiError) {
		if _, err := c.schema(q.PathValue("schemaKey")); err != nil {
			return 0, nil, err
		}
		r, err := c.one("records", q.PathValue("id"))
		if err != nil || r.text("objectKey") != q.PathValue("schemaKey") {
			return 0, nil, resourceGone("Record", q.PathValue("id"))
		}
		return do(c, q)
	}
}

func getObject(c *CRM, q *call) (int, any, *apiError) {
	r, err := c.schema(q.PathValue("key"))
	if err != nil {
		return 0, nil, err
	}
	fields := []any{map[string]any{
		"id": r.ID, "locationId": c.location.ID, "name": "Name", "objectKey": r.text("key"), "fieldKey": r.text("primaryDisplayProperty"), "dataType": "TEXT", "parentId": r.ID,
		"showInForms": true, "dateAdded": r.Made, "dateUpdated": r.Changed,
	}}
	return http.StatusOK, map[string]any{"object": families["objects"].show(c, r), "cache": false, "fields": fields}, nil
}

func postRecord(c *CRM, q *call) (int, any, *apiError) {
	s, err := c.schema(q.PathValue("schemaKey"))
	if err != nil {
		return 0, nil, err
	}
	fields := written(q)
	fields["objectKey"], fields["objectId"] = s.text("key"), s.ID
	return c.reply(http.StatusCreated, "records", "record", c.keep("records", fields), nil)
}

func searchRecords(c *CRM, q *call) (int, any, *apiError) {
	key := q.PathValue("schemaKey")
	if _, err := c.schema(key); err != nil {
		return 0, nil, err
	}
	words, _ := q.body["query"].(string)
	limit, page := int(number64(q.body["pageLimit"])), int(number64(q.body["page"]))
	if limit < 1 || limit > 100 || page < 1 {
		return 0, nil, invalid("pageLimit must not be greater than 100")
	}
	found := slices.DeleteFunc(c.having("records", "objectKey", key), func(r *record) bool {
		properties, _ := r.Fields["properties"].(map[string]any)
		for _, v := range properties {
			if s, ok := v.(string); ok && strings.Contains(strings.ToLower(s), strings.ToLower(words)) {
				return false
			}
		}
		return words != ""
	})
	from := min((page-1)*limit, len(found))
	rows := []map[string]any{}
	for _, r := range found[from:min(from+limit, len(found))] {
		row := families["records"].show(c, r)
		by := map[string]any{"channel": "API", "createdAt": r.Made, "source": "INTEGRATION", "sourceId": c.location.ID}
		row["createdAt"], row["updatedAt"], row["createdBy"], row["lastUpdatedBy"], row["searchAfter"] = r.Made, r.Changed, by, by, []any{int64(r.Made)}
		rows = append(rows, row)
	}
	return http.StatusOK, map[string]any{"records": rows, "total": len(found)}, nil
}

// pageOf lists records by skip and limit. The specification shows one record where a list is meant.
func pageOf(family string, want func(*call, *record) bool) act {
	return func(c *CRM, q *call) (int, any, *apiError) {
		limit, err := numbered(q, "limit", 20, 1, 100)
		if err != nil {
			return 0, nil, err
		}
		skip, err := numbered(q, "skip", 0, 0, 1<<30)
		if err != nil {
			return 0, nil, err
		}
		found := slices.DeleteFunc(slices.Clone(c.kept[family]), func(r *record) bool { return want != nil && !want(q, r) })
		from := min(skip, len(found))
		return http.StatusOK, map[string]any{family: c.showAll(family, found[from:min(from+limit, len(found))]), "total": len(found)}, nil
	}
}

// listRelations are those of one record, which has to be there [U].
func listRelations(c *CRM, q *call) (int, any, *apiError) {
	id := q.PathValue("recordId")
	if !c.isOf("contact", id) && !c.isOf("opportunity", id) {
		if _, err := c.one("records", id); err != nil {
			return 0, nil, err
		}
	}
	return pageOf("relations", touches)(c, q)
}

func touches(q *call, r *record) bool {
	id, kinds := q.PathValue("recordId"), q.URL.Query()["associationIds"]
	return (r.text("firstRecordId") == id || r.text("secondRecordId") == id) && (len(kinds) == 0 || slices.Contains(kinds, r.text("associationId")))
}

// postRelation needs the association, and on both sides a record of the object that it says.
func postRelation(c *CRM, q *call) (int, any, *apiError) {
	a, err := c.one("associations", q.body["associationId"].(string))
	if err != nil {
		return 0, nil, err
	}
	for record, side := range map[string]string{"firstRecordId": "firstObjectKey", "secondRecordId": "secondObjectKey"} {
		if id := q.body[record].(string); !c.isOf(a.text(side), id) {
			return 0, nil, resourceGone("Record", id)
		}
	}
	return makeOne("relations", http.StatusCreated, "")(c, q)
}

func (c *CRM) isOf(object, id string) bool {
	switch object {
	case "contact":
		return c.contacts[id] != nil
	case "opportunity":
		_, err := c.one("opportunities", id)
		return err == nil
	}
	r, err := c.one("records", id)
	return err == nil && r.text("objectKey") == object
}

func deleteRelation(c *CRM, q *call) (int, any, *apiError) {
	r, err := c.one("relations", q.PathValue("relationId"))
	if err != nil {
		return 0, nil, err
	}
	c.drop("relations", r)
	return http.StatusOK, showRelation(c, r), nil
}
