package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"couplet/internal/connection"
	"couplet/internal/engine"
)

// Build names the program that runs.
type Build struct{ Version, Commit string }

// BudgetState is the state of one connection's budget.
type BudgetState struct {
	Connection, System string
	connection.Snapshot
}

// Metrics are the numbers for Prometheus. Labels are words that we choose: no address, no id and no value of a record
// becomes one.
type Metrics struct {
	registry *prometheus.Registry
	hooks    *prometheus.CounterVec
	runs     *prometheus.CounterVec
	calls    *prometheus.CounterVec
	requests *prometheus.CounterVec
	took     *prometheus.HistogramVec
}

// NewMetrics makes metrics. budgets is asked at each look, nil for none.
func NewMetrics(build Build, budgets func() []BudgetState) *Metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "couplet", Name: name, Help: help}, labels)
	}
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		hooks:    counter("hooks_total", "Calls of systems, by what became of them.", "system", "outcome"),
		runs:     counter("runs_total", "Runs that ended, by status.", "status"),
		calls:    counter("calls_total", "Calls to systems, by class of status; none had no answer.", "system", "class"),
		requests: counter("http_requests_total", "Requests, by route.", "route", "method", "status"),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "couplet", Name: "http_request_seconds",
			Help: "Time to answer, by route.", Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5}}, []string{"route"}),
	}
	info := prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "couplet", Name: "build_info", Help: "1, for the program that runs.",
		ConstLabels: prometheus.Labels{"version": build.Version, "commit": build.Commit}})
	info.Set(1)
	m.registry.MustRegister(m.hooks, m.runs, m.calls, m.requests, m.took, info, gauges{budgets},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Run counts a run that ended.
func (m *Metrics) Run(status engine.Status) { m.runs.WithLabelValues(string(status)).Inc() }

// Call counts a call to a system; status 0 had no answer.
func (m *Metrics) Call(system string, status int) {
	class := "none"
	if status > 0 {
		class = strconv.Itoa(status/100) + "xx"
	}
	m.calls.WithLabelValues(system, class).Inc()
}

// hook counts a hook. A system that is not ours to name has none.
func (m *Metrics) hook(system, outcome string) {
	if system == "" {
		system = unmatched
	}
	m.hooks.WithLabelValues(system, outcome).Inc()
}

func (m *Metrics) request(route, method string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Inc()
	m.took.WithLabelValues(route).Observe(took.Seconds())
}

func (m *Metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// gauges asks the budgets when somebody looks.
type gauges struct{ budgets func() []BudgetState }

var budgetGauges = []struct {
	desc  *prometheus.Desc
	value func(connection.Snapshot) float64
}{
	{budgetDesc("rate", "Calls per second that may start now."), func(s connection.Snapshot) float64 { return s.Rate }},
	{budgetDesc("in_flight", "Calls that are out."), func(s connection.Snapshot) float64 { return float64(s.InFlight) }},
	{budgetDesc("parallel", "Calls that may be out at once."), func(s connection.Snapshot) float64 { return float64(s.Parallel) }},
	{budgetDesc("waiting", "Callers that wait for their turn."), func(s connection.Snapshot) float64 { return float64(s.Waits()) }},
	{budgetDesc("daily_remaining", "What is left of the day, -1 when the system has not said."), func(s connection.Snapshot) float64 { return float64(s.DailyRemaining) }},
	{budgetDesc("paused", "1 while first syncs, complete readings and retries may not call."), func(s connection.Snapshot) float64 {
		if s.PausedUntil.IsZero() {
			return 0
		}
		return 1
	}},
}

func budgetDesc(name, help string) *prometheus.Desc {
	return prometheus.NewDesc("couplet_budget_"+name, help, []string{"connection", "system"}, nil)
}

// Describe implements prometheus.Collector.
func (g gauges) Describe(ch chan<- *prometheus.Desc) {
	for _, b := range budgetGauges {
		ch <- b.desc
	}
}

// Collect implements prometheus.Collector.
func (g gauges) Collect(ch chan<- prometheus.Metric) {
	if g.budgets == nil {
		return
	}
	for _, state := range g.budgets() {
		for _, b := range budgetGauges {
			ch <- prometheus.MustNewConstMetric(b.desc, prometheus.GaugeValue, b.value(state.Snapshot), state.Connection, state.System)
		}
	}
}
