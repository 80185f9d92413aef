package usercom_test

import (
	"testing"

	"couplet/internal/connector/connectortest"
	"couplet/internal/connector/usercom"
)

func TestEventsHaveSamplesOfTheirFields(t *testing.T) {
	t.Parallel()
	connectortest.Events(t, usercom.Spec(), usercom.Operations())
}
