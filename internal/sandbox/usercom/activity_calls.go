package usercom

import (
	"net/http"
	"reflect"
)

// mandatory are the fields a write of an activity needs (section 8), under both
// names of the date.
var mandatory = []string{"activity_type", "name", "due_date", "datetime"}

func (c *CRM) activityReply(status int, a *activity, d dialect) reply {
	o := out{}
	c.writeActivity(&o, a, d)
	return reply{status, o.b}
}

// listActivities, getActivity and deleteActivity are UNVERIFIED as a whole
// (section 8); the switch ActivitiesDocumentedOnly takes them away.
func listActivities(c *CRM, q *call) reply {
	rows := c.seenActivities()
	return c.envelope(q, source{
		n:     len(rows),
		pos:   func(i int) int64 { return rows[i].ID },
		write: func(o *out, i int) { c.writeActivity(o, rows[i], q.d) },
	})
}

func getActivity(c *CRM, q *call) reply {
	if a := c.activities.get(q.id); a != nil {
		return c.activityReply(http.StatusOK, a, q.d)
	}
	return refuse(notFound())
}

func deleteActivity(c *CRM, q *call) reply {
	a := c.activities.get(q.id)
	if a == nil {
		return refuse(notFound())
	}
	c.dropActivity(a)
	return gone
}

func (c *CRM) dropActivity(a *activity) {
	c.noteActivity(a.ID, a)
	c.activities.remove(a.ID)
}

func createActivity(c *CRM, q *call) reply {
	c.drop(q.fields, mandatory...)
	a, p := c.newActivity(q.fields)
	if p != nil {
		return refuse(p)
	}
	return c.activityReply(http.StatusCreated, a, q.d)
}

func (c *CRM) newActivity(fields map[string]any) (*activity, *Problem) {
	a := activity{}
	if p := c.fillActivity(&a, fields); p != nil {
		return nil, p
	}
	a.ID = c.activities.newID()
	a.Created = c.now()
	a.Updated = a.Created
	c.noteActivity(a.ID, nil)
	c.activities.put(a.ID, &a)
	return &a, nil
}

// updateActivity is PATCH, and PUT, both partial (sections 8, 13 point 9).
func updateActivity(c *CRM, q *call) reply {
	a := c.activities.get(q.id)
	if a == nil {
		return refuse(notFound())
	}
	if _, named := q.fields["name"]; !named && c.opts.ActivityNameOnUpdate {
		return refuse(invalid("name", required))
	}
	c.drop(q.fields, "name")
	if p := c.changeActivity(a, q.fields); p != nil {
		return refuse(p)
	}
	return c.activityReply(http.StatusOK, a, q.d)
}

func (c *CRM) changeActivity(a *activity, fields map[string]any) *Problem {
	next := *a
	if p := c.fillActivity(&next, fields); p != nil {
		return p
	}
	if !reflect.DeepEqual(*a, next) {
		c.noteActivity(a.ID, a)
		next.Updated = c.now()
		*a = next
	}
	return nil
}
