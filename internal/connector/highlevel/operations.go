package highlevel

import (
	"context"
	_ "embed"

	"couplet/internal/connector"
)

//go:embed operations.json
var operationsData []byte

//go:embed events.json
var eventsData []byte

//go:embed undo.json
var undoData []byte

var operations = connector.MustLoadCatalog(operationsData, eventsData, undoData)

// Operations is what can be done with an account besides keeping records the same.
func Operations() *connector.Catalog { return operations }

// Operations implements connector.Operator.
func (c *Connector) Operations() *connector.Catalog { return operations }

// Do implements connector.Operator.
func (c *Connector) Do(ctx context.Context, operation string, in map[string]any) (any, error) {
	return c.client.Operate(ctx, operations, operation, in)
}
