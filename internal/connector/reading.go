package connector

import "slices"

// Reading says how records are read by operations, where the connector has no object of that name.
type Reading struct {
	// Operation reads one. Takes is what it calls the id, Answer the key of the record in its answer, "" for the answer itself.
	Operation string `json:"operation"`
	Takes     string `json:"takes"`
	Answer    string `json:"answer,omitempty"`
	// Parent and Made are the keys of the record's parent and of the time of its making. Title names the fields by which people know
	// a record.
	Parent string   `json:"parent,omitempty"`
	Made   string   `json:"made,omitempty"`
	Title  []string `json:"title"`
	// List is the operation that lists them, "" for none, and Rows the key of the rows. With is always given.
	List string         `json:"list,omitempty"`
	Rows string         `json:"rows,omitempty"`
	With map[string]any `json:"with,omitempty"`
	// Page is the take that counts pages from 1, and Size how many rows a full one has.
	Page string `json:"page,omitempty"`
	Size int    `json:"size,omitempty"`
	// Each is a word of the catalog's lists: there is one list for each of these, and Over takes its value.
	Each string `json:"each,omitempty"`
	Over string `json:"over,omitempty"`
	// From and To are the takes that bound it in time: what is Back behind now, and Ahead of it.
	From  string   `json:"from,omitempty"`
	To    string   `json:"to,omitempty"`
	Back  Duration `json:"back,omitzero"`
	Ahead Duration `json:"ahead,omitzero"`
}

// check holds it against the operations that it names.
func (r *Reading) check(p *problems, c *Catalog, t Thing) {
	if r == nil {
		return
	}
	takes := func(operation string, names ...string) {
		o, known := c.Find(operation)
		p.want(known && o.Kind == Finds, "read: %q is no find operation", operation)
		for _, name := range names {
			p.want(name == "" || known && slices.ContainsFunc(o.Takes, func(t Take) bool { return t.Name == name && t.Asked() }), "read: %s takes no %q", operation, name)
		}
	}
	takes(r.Operation, r.Takes)
	p.want(r.Takes != "" && len(r.Title) > 0, "read: takes or title is empty")
	p.want((r.Parent != "") == (t.Parent != ""), "read: parent of something that hangs on nothing, or none")
	for _, name := range r.Title {
		_, known := FieldNamed(t.Fields, name)
		p.want(known, "read: title names the unknown field %q", name)
	}
	if r.List == "" {
		return
	}
	names := []string{r.Page, r.Over, r.From, r.To}
	for name := range r.With {
		names = append(names, name)
	}
	takes(r.List, names...)
	_, listed := c.Lists[r.Each]
	p.want(r.Each == "" || listed, "read: list %q is unknown", r.Each)
	p.want((r.Each == "") == (r.Over == "") && (r.From == "") == (r.To == "") && (r.Page == "") == (r.Size == 0) && r.Rows != "", "read: half of what a list needs is missing")
}
