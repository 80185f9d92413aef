package highlevel

import (
	"net/http"
	"slices"
	"strings"
)

// Tag is a tag's definition (section 7.1). Contacts hold names, not ids.
type Tag struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	LocationID string `json:"locationId"`
}

// tagName is how a tag is stored: trimmed and in lower case (section 7.1 [U]).
func tagName(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// useTags normalises a contact's tags, without repetitions and in the given order,
// and defines the ones that are new to the location (section 7.1 [U]).
func (c *CRM) useTags(names []string) []string {
	out := make([]string, 0, len(names))
	for _, name := range names {
		name = tagName(name)
		if name == "" || slices.Contains(out, name) {
			continue
		}
		out = append(out, name)
		if c.tagNames[name] == nil {
			c.defineTag(name)
		}
	}
	return out
}

func (c *CRM) defineTag(name string) *Tag {
	tag := &Tag{ID: c.newID(), Name: name, LocationID: c.location.ID}
	c.tags = append(c.tags, tag)
	c.tagNames[name] = tag
	return tag
}

var (
	tagsBody = dto{"tags": must(texts)}
	tagBody  = dto{"name": must(filled)}
	bulkBody = dto{"contacts": must(texts), "tags": must(texts), "locationId": must(text), "removeAllTags": boolean}
)

// postContactTags adds tags and answers the list after (section 4). Section 4 says
// that some answers also have tagsAdded [U]; this one has.
func (c *CRM) postContactTags(q *call) (int, any, *apiError) {
	return c.editTags(q, http.StatusCreated, "tagsAdded", func(old, given []string) []string {
		return append(slices.Clone(old), given...)
	})
}

func (c *CRM) deleteContactTags(q *call) (int, any, *apiError) {
	return c.editTags(q, http.StatusOK, "tagsRemoved", without)
}

func without(old, gone []string) []string {
	return slices.DeleteFunc(slices.Clone(old), func(t string) bool { return slices.Contains(gone, t) })
}

func (c *CRM) editTags(q *call, status int, key string, edit func(old, given []string) []string) (int, any, *apiError) {
	if err := tagsBody.validate(q.body); err != nil {
		return 0, nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	contact, err := c.find(q)
	if err != nil {
		return 0, nil, err
	}
	given := names(q.body["tags"])
	next := c.retag(contact, edit(contact.Tags, given))
	changed := without(next.Tags, contact.Tags)
	if status == http.StatusOK {
		changed = without(contact.Tags, next.Tags)
	}
	return status, map[string]any{"tags": next.Tags, key: changed, "traceId": c.ids.UUID()}, nil
}

func names(v any) []string {
	list := strs(v)
	for i := range list {
		list[i] = tagName(list[i])
	}
	return list
}

func (c *CRM) retag(old *Contact, tags []string) *Contact {
	next := *old
	next.Tags = c.useTags(tags)
	return c.save(old, &next)
}

// postBulkTags is POST /contacts/bulk/tags/update/{add|remove} (section 4.7).
func (c *CRM) postBulkTags(q *call) (int, any, *apiError) {
	if err := bulkBody.validate(q.body); err != nil {
		return 0, nil, err
	}
	if err := c.inLocation(q.token, q.body["locationId"].(string)); err != nil {
		return 0, nil, err
	}
	how := q.PathValue("type")
	if how != "add" && how != "remove" {
		return 0, nil, invalid("type must be one of the following values: add, remove")
	}
	all, _ := q.body["removeAllTags"].(bool)
	given := names(q.body["tags"])
	c.mu.Lock()
	defer c.mu.Unlock()
	errs, responses := 0, []any{}
	for _, id := range strs(q.body["contacts"]) {
		old := c.contacts[id]
		if old == nil {
			errs++
			responses = append(responses, map[string]any{"contactId": id, "message": "contact is deleted", "type": "error"})
			continue
		}
		tags := append(slices.Clone(old.Tags), given...)
		if how == "remove" {
			tags = without(old.Tags, given)
			if all {
				tags = nil
			}
		}
		next := c.retag(old, tags)
		responses = append(responses, map[string]any{
			"contactId": id, "message": "Tags updated", "type": "success", "oldTags": old.Tags,
			"tagsAdded": without(next.Tags, old.Tags), "tagsRemoved": without(old.Tags, next.Tags),
		})
	}
	return http.StatusCreated, map[string]any{"succeded": true, "errorCount": errs, "responses": responses}, nil
}
