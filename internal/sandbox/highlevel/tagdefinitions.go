package highlevel

import (
	"net/http"
	"slices"
)

func (c *CRM) listTags(*call) (int, any, *apiError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return http.StatusOK, map[string]any{"tags": append([]*Tag{}, c.tags...), "traceId": c.ids.UUID()}, nil
}

func (c *CRM) findTag(id string) (int, *apiError) {
	at := slices.IndexFunc(c.tags, func(t *Tag) bool { return t.ID == id })
	if at < 0 {
		return 0, resourceGone("Tag", id)
	}
	return at, nil
}

func (c *CRM) getTag(q *call) (int, any, *apiError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, err := c.findTag(q.PathValue("tagId"))
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, map[string]any{"tag": c.tags[at], "traceId": c.ids.UUID()}, nil
}

// postTag answers 200, unlike other creates (section 7.1).
func (c *CRM) postTag(q *call) (int, any, *apiError) {
	if err := tagBody.validate(q.body); err != nil {
		return 0, nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	tag, err := c.createTag(q.body)
	if err != nil {
		return 0, nil, err
	}
	return c.created(http.StatusOK, map[string]any{"tag": tag, "traceId": c.ids.UUID()})
}

func (c *CRM) createTag(body map[string]any) (*Tag, *apiError) {
	name, _ := body["name"].(string)
	name = tagName(name)
	if c.tagNames[name] != nil {
		return nil, badRequest("The tag name is already exist.") // text [U]
	}
	return c.defineTag(name), nil
}

func (c *CRM) putTag(q *call) (int, any, *apiError) {
	if err := tagBody.validate(q.body); err != nil {
		return 0, nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	tag, err := c.renameTag(q.PathValue("tagId"), q.body)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, map[string]any{"tag": tag, "traceId": c.ids.UUID()}, nil
}

// renameTag changes the definition only; whether contacts follow is not documented.
func (c *CRM) renameTag(id string, body map[string]any) (*Tag, *apiError) {
	at, err := c.findTag(id)
	if err != nil {
		return nil, err
	}
	next := *c.tags[at]
	name, _ := body["name"].(string)
	next.Name = tagName(name)
	if other := c.tagNames[next.Name]; other != nil && other.ID != id {
		return nil, badRequest("The tag name is already exist.")
	}
	delete(c.tagNames, c.tags[at].Name)
	c.tags[at], c.tagNames[next.Name] = &next, &next
	return &next, nil
}

func (c *CRM) deleteTag(q *call) (int, any, *apiError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.dropTag(q.PathValue("tagId")); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, map[string]any{"succeded": true, "traceId": c.ids.UUID()}, nil
}

func (c *CRM) dropTag(id string) *apiError {
	at, err := c.findTag(id)
	if err != nil {
		return err
	}
	delete(c.tagNames, c.tags[at].Name)
	c.tags = slices.Delete(c.tags, at, at+1)
	return nil
}
