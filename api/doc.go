// Package api serves the newest analysis.Result over HTTP: the REST API that
// openapi.yaml describes, a few plain pages for people, metrics and probes.
//
// In goes a Result, whole, by New or Publish; out come answers that are pure
// functions of it. A request takes the current Result once and keeps it to its
// end, without a lock, so that a page of a list, its cursor and its ETag always
// belong together. What changes while the server runs, analysis runs and
// imports, comes through the interfaces Runner and Imports.
//
//	srv, err := api.New(api.Options{Result: result, Version: version})
//	ln, err := api.Listen(ctx, "127.0.0.1:8080", "")
//	err = srv.Serve(ctx, ln) // until ctx is done, then drained
//
// The contract comes first: openapi.yaml is written by hand, openapi.gen.go is
// made from it by go generate, and requests are checked against it as it is
// served. A handler decodes, calls one function of the snapshot, and encodes.
// Every error becomes one problem+json, in problem.go.
//
// # Caveats
//
// Publish prepares what handlers need beside the columns of the Result: the
// callers of each customer, the orders of the communities and the product
// fragments. That takes 8 bytes an arc and 4 bytes a community and order, for
// the former and the new Result at once until the last request on the former
// ends.
//
// Without a key the server answers only to names of the machine itself, so that
// neither another machine nor a web page that rebinds its name can read it.
package api
