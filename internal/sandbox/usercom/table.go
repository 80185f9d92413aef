package usercom

import (
	"encoding/json"
	"slices"
)

// table holds the rows of one resource in the order of their ids. Ids are never
// used twice, so a stale reference finds nothing instead of somebody else.
type table[T any] struct {
	ids  []int64
	rows []*T
	next int64
}

func (t *table[T]) newID() int64 {
	t.next++
	return t.next
}

// put adds a row whose id came from newID.
func (t *table[T]) put(id int64, row *T) {
	t.ids = append(t.ids, id)
	t.rows = append(t.rows, row)
}

// insert puts a row back that was removed.
func (t *table[T]) insert(id int64, row *T) {
	i, _ := slices.BinarySearch(t.ids, id)
	t.ids, t.rows = slices.Insert(t.ids, i, id), slices.Insert(t.rows, i, row)
}

func (t *table[T]) get(id int64) *T {
	if i, ok := slices.BinarySearch(t.ids, id); ok {
		return t.rows[i]
	}
	return nil
}

func (t *table[T]) remove(id int64) {
	if i, ok := slices.BinarySearch(t.ids, id); ok {
		t.ids = slices.Delete(t.ids, i, i+1)
		t.rows = slices.Delete(t.rows, i, i+1)
	}
}

// tableState is a table in a state file.
type tableState[T any] struct {
	Next int64   `json:"next"`
	IDs  []int64 `json:"ids"`
	Rows []*T    `json:"rows"`
}

// MarshalJSON writes the table into a state file.
func (t *table[T]) MarshalJSON() ([]byte, error) {
	return json.Marshal(tableState[T]{t.next, t.ids, t.rows})
}

// UnmarshalJSON reads the table from a state file.
func (t *table[T]) UnmarshalJSON(b []byte) error {
	var s tableState[T]
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	t.next, t.ids, t.rows = s.Next, s.IDs, s.Rows
	return nil
}

// index finds ids by a value that may occur several times.
type index map[string][]int64

func (x index) add(value string, id int64) {
	if value != "" {
		x[value] = append(x[value], id)
	}
}

func (x index) drop(value string, id int64) {
	left := slices.DeleteFunc(x[value], func(other int64) bool { return other == id })
	if len(left) == 0 {
		delete(x, value)
	} else {
		x[value] = left
	}
}

func (x index) move(from, to string, id int64) {
	if from != to {
		x.drop(from, id)
		x.add(to, id)
	}
}

// first is the lowest id under a value, 0 for none.
func (x index) first(value string) int64 {
	if ids := x[value]; len(ids) > 0 {
		return slices.Min(ids)
	}
	return 0
}
