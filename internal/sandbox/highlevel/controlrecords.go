package highlevel

// createRecord makes a record as a user of the CRM would. A message without a direction is one that a contact wrote.
func (c *CRM) createRecord(family string, fields map[string]any) (map[string]any, error) {
	if id, _ := fields["contactId"].(string); c.contacts[id] == nil && (families[family].under != "" || id != "") {
		return nil, contactGone(id)
	}
	if err := c.exist(fields); err != nil {
		return nil, err
	}
	if family == "opportunities" {
		if err := c.staged(nil, fields); err != nil {
			return nil, err
		}
	}
	return plain(families[family].show(c, c.keep(family, fields)))
}

// changeRecord changes one as a user of the CRM would.
func (c *CRM) changeRecord(family, id string, fields map[string]any) (map[string]any, error) {
	r, err := c.one(family, id)
	if err != nil {
		return nil, err
	}
	if err := c.exist(fields); err != nil {
		return nil, err
	}
	if family == "opportunities" {
		if err := c.staged(r, fields); err != nil {
			return nil, err
		}
	}
	return plain(families[family].show(c, c.alter(family, r, fields)))
}
