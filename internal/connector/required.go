package connector

// Lacks is the error for values that a new record cannot be made of, because one of Required is blank; nil when none is. It
// is asked before the call: a refusal by the system would leave it open whether there is a record now (sync-semantics 5.6).
func (o *Object) Lacks(system string, values Fields) error {
	for _, name := range o.Required {
		if v := values[name]; v != nil && v != "" {
			continue
		}
		f, _ := FieldNamed(o.Fields, name)
		return &Error{Kind: Invalid, Fields: []string{name}, Message: system + " takes no " + o.One + " without “" + f.Label +
			"”. Fill it in on the other side, or set a default in the mapping."}
	}
	return nil
}
