package usercom

import (
	"slices"
)

// ActivityTypes are the types configured in the pretend workspace, by the id that
// `activity_type` needs (section 8). No call is known that lists them.
var ActivityTypes = map[int64]string{1: "Call", 2: "Meeting", 3: "Task", 4: "Note"}

// activity is a reminder, task or meeting, section 8.
type activity struct {
	ID          int64          `json:"id"`
	CustomID    string         `json:"custom_id,omitempty"`
	Type        int64          `json:"activity_type"`
	Name        string         `json:"name"`
	Due         int64          `json:"due_date"`
	Description string         `json:"description,omitempty"`
	Duration    int64          `json:"duration,omitempty"`
	Done        bool           `json:"done,omitempty"`
	DoneAt      int64          `json:"done_date,omitempty"`
	AssignedTo  int64          `json:"assigned_to,omitempty"`
	User        int64          `json:"user_id,omitempty"`
	Deal        int64          `json:"deal_id,omitempty"`
	Company     int64          `json:"company_id,omitempty"`
	CreatedBy   int64          `json:"created_by,omitempty"`
	Attributes  map[string]any `json:"attributes,omitempty"`
	Created     int64          `json:"created_at"`
	Updated     int64          `json:"updated_at"`
}

// sampleNames maps the names of the vendor's samples to those of its table; both
// are taken in any dialect (sections 2, 8).
var sampleNames = map[string]string{"datetime": "due_date", "person": "user_id", "deal": "deal_id", "company": "company_id"}

// activityReadOnly are ignored on input. created_at and updated_at are listed as
// writable; section 8 says to treat them as read only.
var activityReadOnly = []string{"id", "created_at", "updated_at", "attributes"}

// fillActivity puts the fields of a body into a copy of an activity. Whether past
// due dates are refused is UNVERIFIED: they are taken. custom_id may repeat:
// UNVERIFIED as well.
func (c *CRM) fillActivity(a *activity, fields map[string]any) *Problem {
	errs := fieldErrors{}
	missing := false
	var extra []string
	for key, v := range fields {
		name := key
		if model, ok := sampleNames[key]; ok {
			name = model
			if _, both := fields[model]; both && v == nil {
				continue
			}
		}
		no := ""
		switch name {
		case "custom_id":
			a.CustomID, no = asText(v)
		case "name":
			a.Name, no = asText(v)
		case "description":
			a.Description, no = asText(v)
		case "due_date":
			a.Due, no = asTime(v)
		case "done_date":
			a.DoneAt, no = orNull(asTime, v)
		case "done":
			a.Done, no = asBool(v)
		case "activity_type":
			if a.Type, no = asInt(v); no == "" && ActivityTypes[a.Type] == "" {
				no = "Invalid pk \"" + string(encode(v)) + "\" - object does not exist."
			}
		case "duration":
			a.Duration, no = orNull(asInt, v)
		case "assigned_to":
			a.AssignedTo, no = orNull(asInt, v)
		case "created_by":
			a.CreatedBy, no = orNull(asInt, v)
		case "deal_id":
			a.Deal, no = orNull(asInt, v)
		case "user_id":
			a.User, no = orNull(asInt, v)
			missing = missing || no == "" && a.User != 0 && c.users.get(a.User) == nil
		case "company_id":
			a.Company, no = orNull(asInt, v)
			missing = missing || no == "" && a.Company != 0 && c.companies.get(a.Company) == nil
		default:
			if !slices.Contains(activityReadOnly, name) {
				extra = append(extra, key)
			}
		}
		if no != "" {
			errs.add(key, no)
		}
	}
	for _, need := range []struct {
		field string
		empty bool
	}{{"activity_type", a.Type == 0}, {"name", a.Name == ""}, {"due_date", a.Due == 0}} {
		_, named := fields[need.field]
		if need.field == "due_date" && !named {
			_, named = fields["datetime"]
		}
		if need.empty && (named || a.ID == 0) && errs[need.field] == nil && !(need.field == "due_date" && errs["datetime"] != nil) {
			errs.add(need.field, required)
		}
	}
	c.fillExtra(a, fields, extra, errs)
	if p := errs.problem(); p != nil {
		return p
	}
	if missing { // section 5: a body that refers to a missing record is 404
		return notFound()
	}
	return nil
}

// fillExtra stores unknown keys as attributes, which for activities are made on
// the fly, as strings (sections 7, 8, 13 point 11).
func (c *CRM) fillExtra(a *activity, fields map[string]any, extra []string, errs fieldErrors) {
	slices.Sort(extra)
	for _, key := range extra {
		attr := c.attributeNamed("activity", key)
		if attr == nil && len(errs) == 0 && nameStd(key) != "" {
			attr = c.storeAttribute(attribute{Name: cut(key, 32), NameStd: nameStd(cut(key, 32)), ValueType: "string", ContentType: "activity"})
		}
		if attr == nil {
			continue
		}
		v := fields[key]
		if _, no := asText(v); no != "" && attr.ValueType == "string" {
			v = string(encode(v))
		}
		if no := setValue(&a.Attributes, attr, v); no != "" {
			errs.add(key, no)
		}
	}
}

func orNull(convert func(any) (int64, string), v any) (int64, string) {
	if v == nil {
		return 0, ""
	}
	return convert(v)
}

// writeActivity writes an activity with the names of the model page, or those of
// the samples: in dialect 1, or by the switch (section 8, UNVERIFIED).
func (c *CRM) writeActivity(o *out, a *activity, d dialect) {
	pick := func(sample, model string) string {
		if d == d1 || c.opts.ActivitySampleNames {
			return sample
		}
		return model
	}
	user, firm := a.User, a.Company
	if c.users.get(user) == nil {
		user = 0
	}
	if c.companies.get(firm) == nil {
		firm = 0
	}
	o.open('{')
	o.int("id", a.ID)
	o.str("custom_id", a.CustomID)
	o.int("activity_type", a.Type)
	o.str("name", a.Name)
	o.time(pick("datetime", "due_date"), a.Due)
	o.ref("duration", a.Duration)
	o.str("description", a.Description)
	o.ref("assigned_to", a.AssignedTo)
	o.ref(pick("person", "user_id"), user)
	o.ref(pick("deal", "deal_id"), a.Deal)
	o.ref(pick("company", "company_id"), firm)
	o.bool("done", a.Done)
	o.time("done_date", a.DoneAt)
	o.ref("created_by", a.CreatedBy)
	o.time("created_at", a.Created)
	o.time("updated_at", a.Updated)
	c.writeAttributes(o, "activity", a.Attributes, d)
	o.close('}')
}
