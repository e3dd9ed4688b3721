package api

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/labstack/echo/v4"
)

// maxBody is how many bytes the body of a request may have.
const maxBody = 1 << 20

// operation is what the contract asks of the requests to one operation.
type operation struct {
	route               *routers.Route
	path, query, header []parameter
	// rowsInBody says that the handler looks at the body itself, row by row.
	rowsInBody bool
}

type parameter struct {
	name     string
	integer  bool
	required bool // of a header
	schema   *openapi3.Schema
	// plain says that the schema asks for no more than these bounds: of the
	// number, or of the length in bytes where that decides.
	plain     bool
	low, high float64
}

// parameterOf reads the rules of one parameter.
func parameterOf(name string, schema *openapi3.Schema) parameter {
	p := parameter{name: name, integer: schema.Type.Is(openapi3.TypeInteger), schema: schema}
	p.plain = schema.Enum == nil && schema.Pattern == "" && schema.Format == "" && schema.MultipleOf == nil &&
		schema.ExclusiveMin == openapi3.ExclusiveBound{} && schema.ExclusiveMax == openapi3.ExclusiveBound{}
	if p.integer {
		p.low, p.high = math.Inf(-1), math.Inf(1)
		if schema.Min != nil {
			p.low = *schema.Min
		}
		if schema.Max != nil {
			p.high = *schema.Max
		}
		return p
	}
	// Lengths count characters, of one to four bytes each.
	p.low = 4 * float64(schema.MinLength)
	if schema.MinLength <= 1 {
		p.low = float64(schema.MinLength)
	}
	p.high = math.Inf(1)
	if schema.MaxLength != nil {
		p.high = float64(*schema.MaxLength)
	}
	return p
}

// operations reads the rules of every operation from the contract, by id.
func operations(contract *openapi3.T) map[string]*operation {
	found := make(map[string]*operation)
	for path, item := range contract.Paths.Map() {
		for method, o := range item.Operations() {
			op := &operation{route: &routers.Route{Spec: contract, Path: path, PathItem: item, Method: method, Operation: o}}
			for _, ref := range o.Parameters {
				p := ref.Value
				rule := parameterOf(p.Name, p.Schema.Value)
				switch p.In {
				case openapi3.ParameterInPath:
					op.path = append(op.path, rule)
				case openapi3.ParameterInHeader:
					rule.required = p.Required
					op.header = append(op.header, rule)
				default:
					op.query = append(op.query, rule)
				}
			}
			if o.RequestBody != nil {
				content := o.RequestBody.Value.Content
				op.rowsInBody = content["application/x-ndjson"] != nil || content["*/*"] != nil
			}
			found[o.OperationID] = op
		}
	}
	return found
}

// check is the middleware that holds a request against the contract and names
// every parameter at fault, among them those that the operation does not have.
//
// Parameters are held against their schemas one by one, the body by openapi3filter:
// its ValidateRequest takes 3 µs for the parameters of a recommendation,
// as long as the whole of the answer.
func (o *operation) check(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		var faults []ParameterError
		for _, p := range o.path {
			value, err := url.PathUnescape(c.Param(p.name))
			if r.URL.RawPath == "" {
				value, err = c.Param(p.name), nil
			}
			if err != nil {
				faults = append(faults, ParameterError{p.name, "is not a well-formed path segment"})
				continue
			}
			faults = p.check(faults, value)
		}
		if r.URL.RawQuery != "" {
			faults = o.checkQuery(faults, r.URL.RawQuery, c.QueryParams())
		}
		for i := range o.header {
			p := &o.header[i]
			switch value := r.Header.Get(p.name); {
			case value != "":
				faults = p.check(faults, value)
			case p.required:
				faults = append(faults, ParameterError{p.name, "is missing: send this header"})
			}
		}
		if o.route.Operation.RequestBody != nil && !o.rowsInBody && len(faults) == 0 {
			var err error
			if faults, err = o.checkBody(c); err != nil {
				return err
			}
		}
		if len(faults) > 0 {
			return badRequest(faults...)
		}
		return next(c)
	}
}

func (o *operation) checkQuery(faults []ParameterError, raw string, values url.Values) []ParameterError {
	if strings.ContainsAny(raw, "%;") {
		if _, err := url.ParseQuery(raw); err != nil {
			return append(faults, ParameterError{"query", "is not well formed: " + err.Error()})
		}
	}
	known := 0
	for i := range o.query {
		p := &o.query[i]
		list, given := values[p.name]
		if !given {
			continue
		}
		known++
		if len(list) > 1 {
			faults = append(faults, ParameterError{p.name, "is given more than once"})
			continue
		}
		faults = p.check(faults, list[0])
	}
	if known == len(values) {
		return faults
	}
	var unknown []string
	for name := range values {
		if !slices.ContainsFunc(o.query, func(p parameter) bool { return p.name == name }) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		faults = append(faults, ParameterError{name, "is not a parameter of this operation"})
	}
	return faults
}

// check appends what is wrong with a value.
func (p *parameter) check(faults []ParameterError, text string) []ParameterError {
	var value any
	size := float64(len(text))
	if p.integer {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || strings.HasPrefix(text, "+") {
			return append(faults, ParameterError{p.name, "is not a whole number"})
		}
		// What float64 does not hold exactly is beyond every bound anyway.
		size = float64(n)
		value = size
	}
	if p.plain && p.low <= size && size <= p.high {
		return faults
	}
	if !p.integer {
		value = text
	}
	if err := p.schema.VisitJSON(value); err != nil {
		return append(faults, ParameterError{p.name, schemaReason(err)})
	}
	return faults
}

// checkBody reads the body, holds it against the contract and leaves it to be
// read again.
func (o *operation) checkBody(c echo.Context) ([]ParameterError, error) {
	r := c.Request()
	r.Body = http.MaxBytesReader(c.Response(), r.Body, maxBody)
	err := openapi3filter.ValidateRequestBody(r.Context(), &openapi3filter.RequestValidationInput{
		Request: r, Route: o.route,
		Options: &openapi3filter.Options{MultiError: true, SkipSettingDefaults: true},
	}, o.route.Operation.RequestBody.Value)
	if err == nil {
		return nil, nil
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, err
	}
	var many openapi3.MultiError
	if errors.As(err, &many) {
		var faults []ParameterError
		for _, e := range many {
			faults = append(faults, bodyFault(e))
		}
		return faults, nil
	}
	return []ParameterError{bodyFault(err)}, nil
}

// bodyFault names the member of the body that is at fault.
func bodyFault(err error) ParameterError {
	var at *openapi3.SchemaError
	if errors.As(err, &at) {
		return ParameterError{strings.Join(append([]string{"body"}, at.JSONPointer()...), "."), at.Reason}
	}
	var request *openapi3filter.RequestError
	if errors.As(err, &request) && request.Err == nil {
		return ParameterError{"body", request.Reason}
	}
	if errors.Is(err, openapi3filter.ErrInvalidRequired) {
		return ParameterError{"body", "is missing"}
	}
	return ParameterError{"body", fmt.Sprintf("is not JSON that can be read: %v", errors.Unwrap(err))}
}

// schemaReason is what a schema holds against a value.
func schemaReason(err error) string {
	var at *openapi3.SchemaError
	if errors.As(err, &at) {
		return at.Reason
	}
	return err.Error()
}
