package highlevel

import (
	"testing"

	"couplet/internal/connector"
)

var (
	_ connector.Connector = (*Connector)(nil)
	_ connector.Describer = (*Connector)(nil)
	_ connector.Checker   = (*Connector)(nil)
	_ connector.Hooks     = (*Connector)(nil)
)

func TestX(t *testing.T) {}
