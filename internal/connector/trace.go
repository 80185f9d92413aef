package connector

import "context"

type (
	traceKey struct{}
	askKey   struct{}
)

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

// WithAsk has every call made under the context that changes something ask f right before it leaves, when it has waited for its turn
// already. An error of f keeps it from leaving.
func WithAsk(ctx context.Context, f func(context.Context) error) context.Context {
	return context.WithValue(ctx, askKey{}, f)
}

// asked asks the function given to WithAsk, if there is one.
func asked(ctx context.Context) error {
	if f, ok := ctx.Value(askKey{}).(func(context.Context) error); ok {
		return f(ctx)
	}
	return nil
}
