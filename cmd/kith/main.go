// Command kith knows customers by the company they keep: it simulates or loads
// calls and purchases, finds communities, leaders and churn risk, and serves
// recommendations over REST. Run "kith --help".
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// version is set by the linker.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
