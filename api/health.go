package api

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
)

// headerDegraded names in every answer what the server has to do without, by the
// codes of /readyz, separated by commas. It is not there when all is well.
const headerDegraded = "Kith-Degraded"

// Health tells what a server has to do without. It is asked with every request,
// so it answers from memory at once.
type Health interface {
	// Faults lists what is wrong, nothing when all is well.
	Faults() []Fault
}

// Fault is one reason why a server does less than it should. A Runner that
// returns it as an error has it shown to the client with status 503.
type Fault struct {
	// Code is for programs, such as store-down; Detail says to people what
	// is wrong and what to do.
	Code   string `json:"code"`
	Detail string `json:"detail"`
	// Since is when it was first seen; zero where that says nothing.
	Since time.Time `json:"since,omitzero"`
}

func (f Fault) Error() string { return f.Detail }

// Codes of the faults that the server finds itself.
const (
	codeNoResult = "no-result"
	codeStopping = "stopping"
)

// faults are those that Health tells.
func (s *Server) faults() []Fault {
	if s.options.Health == nil {
		return nil
	}
	return s.options.Health.Faults()
}

// readiness is the answer of /readyz.
type readiness struct {
	// Status is ready, degraded or not ready.
	Status  string  `json:"status"`
	Result  string  `json:"result,omitempty"`
	Reasons []Fault `json:"reasons"`
}

// readyz says whether requests should be sent here: 200 as long as there is a
// Result to serve from memory, whatever else is missing, and 503 without one and
// while the server stops.
func (s *Server) readyz(c echo.Context) error {
	var answer readiness
	able := true
	if snapshot := s.snapshot.Load(); snapshot != nil {
		answer.Result = snapshot.Run.ID
	} else {
		able = false
		answer.Reasons = append(answer.Reasons, Fault{Code: codeNoResult, Detail: noResultDetail})
	}
	if s.draining.Load() {
		able = false
		answer.Reasons = append(answer.Reasons, Fault{Code: codeStopping, Detail: "the server is stopping"})
	}
	answer.Reasons = append(answer.Reasons, s.faults()...)
	status := http.StatusOK
	switch {
	case !able:
		status, answer.Status = http.StatusServiceUnavailable, "not ready"
	case len(answer.Reasons) > 0:
		answer.Status = "degraded"
	default:
		answer.Status, answer.Reasons = "ready", []Fault{}
	}
	c.Response().Header()["Cache-Control"] = noStore
	return c.JSON(status, answer)
}

// faultCollector shows the faults to Prometheus.
type faultCollector struct{ faults func() []Fault }

var degradedDesc = prometheus.NewDesc("kith_degraded", "1 for each reason why the server does less than it should, as in /readyz.", []string{"code"}, nil)

// Describe sends the description.
func (faultCollector) Describe(ch chan<- *prometheus.Desc) { ch <- degradedDesc }

// Collect sends a figure for each fault, none when all is well.
func (f faultCollector) Collect(ch chan<- prometheus.Metric) {
	var codes []string
	for _, fault := range f.faults() {
		codes = append(codes, fault.Code)
	}
	slices.Sort(codes)
	for _, code := range slices.Compact(codes) {
		ch <- prometheus.MustNewConstMetric(degradedDesc, prometheus.GaugeValue, 1, code)
	}
}

// degraded is the value of the header, nil when all is well.
func (s *Server) degraded() []string {
	faults := s.faults()
	if len(faults) == 0 {
		return nil
	}
	codes := make([]string, len(faults))
	for i, f := range faults {
		codes[i] = f.Code
	}
	slices.Sort(codes)
	return []string{strings.Join(slices.Compact(codes), ", ")}
}
