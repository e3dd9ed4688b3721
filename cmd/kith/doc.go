// Command kith knows customers by the company they keep: it simulates or loads
// calls and purchases, finds communities, leaders and churn risk, and serves
// recommendations over REST. Run "kith --help".
//
// Each verb has a file of its own: load.go is "kith load". A verb reads its flags,
// calls the packages beneath, which neither log nor print, and writes text for
// people or, with --json, one document for programs. exit.go lists the exit codes.
//
// # Caveats
//
// A verb that writes to a data folder wants it for itself: while a server has the
// folder open, ask the server, over REST.
package main
