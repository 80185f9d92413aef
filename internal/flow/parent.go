package flow

import (
	"fmt"
	"slices"
)

// Parent is the object whose records own those of this flow, "" when nothing does: a task belongs to a contact. Such
// records have no keys to be matched by; they go where their parents are linked.
func (f Flow) Parent() string {
	t, err := TemplateNamed(f.Template)
	if err != nil {
		return ""
	}
	return t.Parent
}

// Orphaned says what is missing when no flow keeps the parents of this flow's records in step between the same two accounts,
// "" when one does or none is needed. others are all flows of the workspace.
func (f Flow) Orphaned(others []Flow) string {
	parent := f.Parent()
	if parent == "" || slices.ContainsFunc(others, func(o Flow) bool {
		return o.Object == parent && slices.Contains(o.Connections[:], f.Connections[0]) && slices.Contains(o.Connections[:], f.Connections[1])
	}) {
		return ""
	}
	return fmt.Sprintf("a %s goes where its %s is linked, and no flow keeps the %ss of these two accounts in step; make one of template %s-sync between the same two connections first",
		f.Object, parent, parent, parent)
}
