package highlevel

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// CustomField is the definition of a custom field (section 7.2).
type CustomField struct {
	ID           string   `json:"id"`
	Name         string   `json:"name"`
	FieldKey     string   `json:"fieldKey"`
	Placeholder  string   `json:"placeholder"`
	DataType     string   `json:"dataType"`
	Position     float64  `json:"position"`
	Options      []string `json:"picklistOptions,omitempty"`
	ImageOptions []string `json:"picklistImageOptions"`
	AllowCustom  bool     `json:"isAllowedCustomOption"`
	MultiFile    bool     `json:"isMultiFileAllowed"`
	MaxFiles     float64  `json:"maxFileLimit"`
	LocationID   string   `json:"locationId"`
	Model        string   `json:"model"`
}

var dataTypes = []string{"TEXT", "LARGE_TEXT", "NUMERICAL", "PHONE", "MONETORY", "CHECKBOX", "SINGLE_OPTIONS",
	"MULTIPLE_OPTIONS", "DATE", "TEXTBOX_LIST", "FILE_UPLOAD", "RADIO", "EMAIL", "FLOAT", "TIME", "SIGNATURE"}

// textBoxListOptions are objects {label, prefillValue}; strings there become the
// pick list (section 7.2 [U]).
var (
	fieldBody = dto{
		"name": must(filled), "dataType": must(oneOf(dataTypes...)), "placeholder": text, "acceptedFormat": texts,
		"isMultipleFile": boolean, "maxNumberOfFiles": number, "textBoxListOptions": array, "position": number,
		"model": oneOf("contact", "opportunity"),
	}
	fieldChange = dto{
		"name": must(filled), "placeholder": text, "acceptedFormat": texts, "isMultipleFile": boolean,
		"maxNumberOfFiles": number, "textBoxListOptions": array, "position": number,
		"model": oneOf("contact", "opportunity"),
	}
	keySigns = regexp.MustCompile(`[^a-z0-9]+`)
)

// findField knows a field by id, by full key (contact.x) and by the part after
// "contact." (sections 4.3, 7.2).
func (c *CRM) findField(id string) *CustomField {
	for _, f := range c.fields {
		if id != "" && (f.ID == id || f.FieldKey == id || strings.TrimPrefix(f.FieldKey, "contact.") == id) {
			return f
		}
	}
	return nil
}

func (c *CRM) listFields(q *call) (int, any, *apiError) {
	model := q.URL.Query().Get("model")
	if !slices.Contains([]string{"", "all", "contact", "opportunity"}, model) {
		return 0, nil, invalid("model must be one of the following values: contact, opportunity, all")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	found := []*CustomField{}
	for _, f := range c.fields {
		if model == "" || model == "all" || f.Model == model {
			found = append(found, f)
		}
	}
	return http.StatusOK, map[string]any{"customFields": found, "traceId": c.ids.UUID()}, nil
}

func (c *CRM) getField(q *call) (int, any, *apiError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := c.findField(q.PathValue("id"))
	if f == nil {
		return 0, nil, resourceGone("Custom field", q.PathValue("id"))
	}
	return http.StatusOK, map[string]any{"customField": f, "traceId": c.ids.UUID()}, nil
}

func (c *CRM) postField(q *call) (int, any, *apiError) {
	if err := fieldBody.validate(q.body); err != nil {
		return 0, nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	f, err := c.createField(q.body)
	if err != nil {
		return 0, nil, err
	}
	return c.created(http.StatusCreated, map[string]any{"customField": f, "traceId": c.ids.UUID()})
}

// keyName is a name as keys spell it.
func keyName(name string) string {
	return strings.Trim(keySigns.ReplaceAllString(strings.ToLower(name), "_"), "_")
}

func (c *CRM) createField(body map[string]any) (*CustomField, *apiError) {
	f := &CustomField{ID: c.newID(), LocationID: c.location.ID, Model: "contact", DataType: "TEXT", ImageOptions: []string{}}
	f.write(body)
	f.FieldKey = f.Model + "." + keyName(f.Name)
	if c.findField(f.FieldKey) != nil {
		return nil, badRequest("A custom field with the key %s already exists", f.FieldKey) // text [U]
	}
	c.fields = append(c.fields, f)
	return f, nil
}

// restoreField brings a dropped field back, with its values, as the vendor's support can.
func (c *CRM) restoreField(id string) (*CustomField, *apiError) {
	f := c.dropped[id]
	if f == nil {
		return nil, resourceGone("Custom field", id)
	}
	delete(c.dropped, id)
	c.fields = append(c.fields, f)
	return f, nil
}

func (f *CustomField) write(body map[string]any) {
	for name, field := range map[string]*string{
		"name": &f.Name, "dataType": &f.DataType, "placeholder": &f.Placeholder, "model": &f.Model,
	} {
		if s, ok := body[name].(string); ok {
			*field = s
		}
	}
	if n, ok := body["position"].(float64); ok {
		f.Position = n
	}
	if n, ok := body["maxNumberOfFiles"].(float64); ok {
		f.MaxFiles = n
	}
	if b, ok := body["isMultipleFile"].(bool); ok {
		f.MultiFile = b
	}
	if list, ok := body["textBoxListOptions"].([]any); ok {
		f.Options = []string{}
		for _, option := range list {
			if o, ok := option.(map[string]any); ok {
				option = o["label"]
			}
			if s, ok := option.(string); ok {
				f.Options = append(f.Options, s)
			}
		}
	}
}

func (c *CRM) putField(q *call) (int, any, *apiError) {
	if err := fieldChange.validate(q.body); err != nil {
		return 0, nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	f, err := c.changeField(q.PathValue("id"), q.body)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, map[string]any{"customField": f, "traceId": c.ids.UUID()}, nil
}

func (c *CRM) changeField(id string, body map[string]any) (*CustomField, *apiError) {
	return c.turnField(id, body, false)
}

// turnField changes a field. Its type is fixed for the API; control may change it, as if the vendor had.
func (c *CRM) turnField(id string, body map[string]any, retype bool) (*CustomField, *apiError) {
	old := c.findField(id)
	if old == nil {
		return nil, resourceGone("Custom field", id)
	}
	next := *old
	next.write(body)
	if !retype {
		next.DataType = old.DataType
	}
	c.fields[slices.Index(c.fields, old)] = &next
	return &next, nil
}

func (c *CRM) deleteField(q *call) (int, any, *apiError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.dropField(q.PathValue("id")); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, map[string]any{"succeded": true, "traceId": c.ids.UUID()}, nil
}

// dropField removes the definition; values on contacts stay behind, and nobody is shown them (shown).
func (c *CRM) dropField(id string) *apiError {
	f := c.findField(id)
	if f == nil {
		return resourceGone("Custom field", id)
	}
	c.fields = slices.DeleteFunc(c.fields, func(one *CustomField) bool { return one == f })
	c.dropped[f.ID] = f
	return nil
}

// shown is a contact as anybody is shown it: without the values of fields that were dropped.
func (c *CRM) shown(one *Contact) *Contact {
	if one == nil || len(c.dropped) == 0 {
		return one
	}
	next := *one
	next.CustomFields = slices.DeleteFunc(slices.Clone(one.CustomFields), func(v fieldValue) bool { return c.dropped[v.ID] != nil })
	return &next
}
