package api

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// maxPlacements is how many names of placements are told apart; more count as
// "other", so that a client cannot fill the memory.
const maxPlacements = 50

// metrics are what /metrics shows, in a registry of their own.
type metrics struct {
	registry   *prometheus.Registry
	requests   *prometheus.CounterVec
	seconds    *prometheus.HistogramVec
	placements *prometheus.CounterVec

	mu    sync.Mutex
	known map[string]bool
}

func newMetrics(current func() *snapshot) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kith_http_requests_total", Help: "Requests answered.",
		}, []string{"method", "route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "kith_http_request_seconds", Help: "Time to answer.",
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route"}),
		placements: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kith_recommendation_lists_total", Help: "Recommendations asked for, by the place they are shown at.",
		}, []string{"placement"}),
		known: make(map[string]bool),
	}
	m.registry.MustRegister(m.requests, m.seconds, m.placements, resultCollector{current},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}

// request counts an answer.
func (m *metrics) request(method, route string, status int, took time.Duration) {
	m.requests.WithLabelValues(methodName(method), route, statusText(status)).Inc()
	m.seconds.WithLabelValues(route).Observe(took.Seconds())
}

// methodName is the method, or "other" for one that a client made up.
func methodName(method string) string {
	switch method {
	case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}

func statusText(status int) string {
	if status == http.StatusOK {
		return "200"
	}
	return strconv.Itoa(status)
}

// placement counts a list that is shown somewhere.
func (m *metrics) placement(name string) {
	m.mu.Lock()
	if !m.known[name] {
		if len(m.known) < maxPlacements {
			m.known[name] = true
		} else {
			name = "other"
		}
	}
	m.mu.Unlock()
	m.placements.WithLabelValues(name).Inc()
}

// resultCollector describes the Result that is served.
type resultCollector struct{ current func() *snapshot }

var (
	resultInfo = prometheus.NewDesc("kith_result_info", "1 for the result that is served.", []string{"result"}, nil)
	resultAge  = prometheus.NewDesc("kith_result_age_seconds", "Time since the run of the result ended.", nil, nil)
	resultAsOf = prometheus.NewDesc("kith_result_as_of_seconds", "End of the result's window of events, in Unix time.", nil, nil)
	customers  = prometheus.NewDesc("kith_customers", "Customers in the result.", []string{"state"}, nil)
	atLevel    = prometheus.NewDesc("kith_communities", "Communities in the result.", []string{"level"}, nil)
	products   = prometheus.NewDesc("kith_products", "Products in the result.", nil, nil)
)

// Describe sends the descriptions.
func (resultCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{resultInfo, resultAge, resultAsOf, customers, atLevel, products} {
		ch <- d
	}
}

// Collect sends the figures of the current Result, or nothing.
func (r resultCollector) Collect(ch chan<- prometheus.Metric) {
	s := r.current()
	if s == nil {
		return
	}
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	gauge(resultInfo, 1, s.Run.ID)
	gauge(resultAge, time.Since(s.Run.At).Seconds())
	if !s.Run.AsOf.IsZero() {
		gauge(resultAsOf, float64(s.Run.AsOf.Unix()))
	}
	gauge(customers, float64(s.Customers.Len()-s.gone), "present")
	gauge(customers, float64(s.gone), "gone")
	for i := range s.Levels {
		gauge(atLevel, float64(s.Levels[i].Count()), strconv.Itoa(i))
	}
	gauge(products, float64(s.Products.Len()))
}
