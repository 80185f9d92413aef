package connector

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ErrUnreachable marks an Error whose call never left: nothing listens there, or there is no way to it.
var ErrUnreachable = errors.New("host unreachable")

// AsError returns the *Error in a chain.
func AsError(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// refusal turns an answer that is no success into an error (sync-semantics 5.6, outcome table).
func (c *Client) refusal(call Request, answer Answer, body []byte) *Error {
	e := c.spec.explain(answer.Status, readProblem(body), c.base.Host, call.Scope)
	e.Message = strings.TrimSpace(e.Message)
	switch {
	case e.Kind == RateLimited:
		e.After = c.wait(answer)
	case call.Write && e.Kind == Temporary:
		e.Kind = Unknown
		e.Message = c.spec.Name + " had a problem of its own (" + strconv.Itoa(answer.Status) +
			"), so the change may or may not have been made. Couplet looks before it tries again."
	case call.Create && (e.Kind == Invalid || e.Kind == NotFound) && createDoubt(answer.Status):
		e.Kind = Unknown
	case call.Create && e.Kind == NotFound:
		e.Kind = Config
		e.Message = "There is no " + c.spec.Name + " API at " + c.base.Host + ". Check the address of the account."
	}
	return e
}

// createDoubt are the refusals after which a record has been seen to exist all the same.
func createDoubt(status int) bool {
	return status == http.StatusBadRequest || status == http.StatusConflict || status == http.StatusUnprocessableEntity
}

// Made is the error for a create that was answered with success and whose record could not be read afterwards, whatever
// the reason: it exists, so nobody may take the create for one that did not happen.
func Made(system string, err error) *Error {
	return &Error{Kind: Unknown, Status: http.StatusCreated, Err: err, Message: system +
		" made the record, but it could not be read afterwards: " + err.Error() + " Couplet looks before it tries again."}
}

// unreadable is the error for an answer that says success but cannot be read.
func (c *Client) unreadable(call Request, answer Answer, err error) *Error {
	e := &Error{Kind: Temporary, Status: answer.Status, Err: err, Message: c.spec.Name +
		" gave an answer that cannot be read. Check the address of the account; if it is right, Couplet tries again later."}
	if call.Write {
		e.Kind = Unknown
	}
	return e
}

// noAnswer is the error for a call that got no answer, or only part of one.
func (c *Client) noAnswer(ctx context.Context, call Request, err error) *Error {
	if e, ok := AsError(err); ok && ctx.Err() == nil { // from the guard in the dialer, which has its own words
		return e
	}
	e := &Error{Kind: Temporary, Err: inner(err)}
	host := c.base.Hostname()
	var dns *net.DNSError
	var op *net.OpError
	dialling := errors.As(err, &op) && op.Op == "dial"
	var errno syscall.Errno
	switch {
	case ctx.Err() != nil:
		e.Err = ctx.Err()
		e.Message = "The call to " + c.spec.Name + " was stopped before the answer came."
	case errors.As(err, &dns) && dns.IsNotFound:
		e.Kind = Config
		e.Message = "There is no host named " + host + ". Check the address of the " + c.spec.Name + " account for a typing mistake."
		return e
	case isTLS(err):
		e.Kind = Config
		e.Message = host + " could not prove that it is who it says (its certificate is not valid for us). " +
			"Check the address of the " + c.spec.Name + " account."
		return e
	case dialling && op.Timeout(), dialling && errors.As(err, &errno), dns != nil:
		// Nothing was sent, so even a write has certainly not happened.
		e.Err = errors.Join(ErrUnreachable, e.Err)
		e.Message = c.spec.Name + " could not be reached at " + host + ". Couplet tries again later; if this lasts, check the address."
		return e
	case dialling:
		e.Kind = Config
		e.Message = "Calls to " + host + " are not allowed, because it is not a public address. Check the address of the " +
			c.spec.Name + " account."
		return e
	default:
		e.Message = c.spec.Name + " did not answer in time or broke off. Couplet tries again later by itself."
	}
	if call.Write {
		e.Kind = Unknown
		e.Message = c.spec.Name + " did not answer, so the change may or may not have been made. Couplet looks before it tries again."
	}
	return e
}

// NeverLeft reports whether the error of a call over net/http means that nothing of it was sent.
func NeverLeft(err error) bool {
	var dns *net.DNSError
	var op *net.OpError
	return errors.As(err, &dns) || errors.As(err, &op) && op.Op == "dial" || isTLS(err)
}

// RetryAfter reads how long an answer asks to wait: seconds, or a date, which says something only if one knows when the
// answer was given.
func RetryAfter(header http.Header, at time.Time) (time.Duration, bool) {
	given := header.Get("Retry-After")
	if seconds, err := strconv.ParseFloat(given, 64); err == nil && seconds >= 0 {
		return time.Duration(seconds * float64(time.Second)), true
	}
	if until, err := http.ParseTime(given); err == nil && !at.IsZero() && until.After(at) {
		return until.Sub(at), true
	}
	return 0, false
}

func isTLS(err error) bool {
	var verify *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	return errors.As(err, &verify) || errors.As(err, &record) || errors.As(err, &alert) ||
		errors.As(err, &authority) || errors.As(err, &name) || errors.As(err, &invalid)
}

// inner takes the address off an error of net/http: its query may hold a person's data.
func inner(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// wait says for how long a 429 asks, by its Retry-After (seconds or a date), else by the vendor's own headers, else by
// the published window.
func (c *Client) wait(answer Answer) time.Duration {
	if after, ok := RetryAfter(answer.Header, answer.At); ok {
		return after
	}
	names := c.spec.Limits.Headers
	if c.spentForToday(answer.Header) {
		// Milliseconds, and no source says whether since 1970 or from now: the size tells.
		reset, _ := strconv.ParseInt(answer.Header.Get(names.DailyReset), 10, 64)
		switch {
		case reset > int64(1e11) && !answer.At.IsZero():
			return max(time.UnixMilli(reset).Sub(answer.At), time.Second)
		case reset > 0 && reset <= 24*3600*1000:
			return time.Duration(reset) * time.Millisecond
		}
		return time.Hour
	}
	if names.WindowMillis != "" {
		if ms, err := strconv.Atoi(answer.Header.Get(names.WindowMillis)); err == nil && ms > 0 {
			return time.Duration(ms) * time.Millisecond
		}
	}
	return time.Duration(c.spec.Limits.Window)
}

// spentForToday reports that the allowance of the day is gone, so that no wait of seconds helps.
func (c *Client) spentForToday(header http.Header) bool {
	name := c.spec.Limits.Headers.DailyRemaining
	return name != "" && header.Get(name) == "0"
}
