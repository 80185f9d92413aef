package connector

import "context"

type traceKey struct{}

// WithTrace has every call made under the context told to f as well, so that a record's line in the log can list its
// own calls.
func WithTrace(ctx context.Context, f func(Exchange)) context.Context {
	return context.WithValue(ctx, traceKey{}, f)
}

// Traced returns the function given to WithTrace, or one that does nothing.
func Traced(ctx context.Context) func(Exchange) {
	if f, ok := ctx.Value(traceKey{}).(func(Exchange)); ok {
		return f
	}
	return func(Exchange) {}
}
