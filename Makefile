# kith: what people run. `make help` lists it.
GO      ?= go
BIN     := bin
KITH    := $(BIN)/kith
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -X main.version=$(VERSION)
LINT    := $(BIN)/golangci-lint
LINT_VERSION := v2.15.0

.PHONY: help build demo test lint bench soak generate check-generated clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

build: ## build bin/kith
	@mkdir -p $(BIN)
	$(GO) build -ldflags '$(LDFLAGS)' -o $(KITH) ./cmd/kith

demo: build ## simulate an operator, load, analyse and serve it on loopback
	@$(KITH) demo

test: ## all tests with the race detector
# Four packages at a time, as those that want one of the two Neo4j servers wait for
# each other; their wait counts in the limit.
	$(GO) test -race -p 4 -timeout 40m ./...

lint: $(LINT) check-generated ## static checks
	$(LINT) run ./...

$(LINT):
	@mkdir -p $(BIN)
	GOBIN=$(CURDIR)/$(BIN) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION)

soak: ## the long versions: kill loops and fuzzing, about an hour
	KITH_SOAK_KILLS=200 $(GO) test -timeout 90m -run 'Kill|Crash|Soak|Torn' ./graph/... ./loaders/...
	KITH_SOAK_KILLS=50 $(GO) test -timeout 60m -run Kill ./cmd/kith # posts over HTTP, watched folders, each verb that writes
	KITH_SOAK_MEMORY=1 $(GO) test -timeout 60m -run 'MemoryIsForetold' ./cmd/kith # every verb of kith graph
	KITH_SOAK_VERBS=1 $(GO) test -timeout 60m -run 'EveryVerb' ./cmd/kith # each with all of its flags, twenty times
	KITH_SOAK_CUSTOMERS=75000 $(GO) test -timeout 60m -run 'SameResultFromBothStores' ./cmd/kith # a million relationships
	@for package in ./graph ./loaders ./loaders/identity ./api; do \
		for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz'); do \
			$(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime 2m -fuzzminimizetime 1x $$package || exit 1; \
		done; \
	done

bench: ## benchmarks, and the peers they are held against (needs python3)
	$(GO) test -run '^$$' -bench . -benchtime 200ms ./...
	$(GO) test -run '^$$' -bench 'Recommendation|SameBytes' -benchtime 3s ./api
	KITH_BENCH_ROWS=10000000 $(GO) test -run '^$$' -bench 'Load$$' -benchtime 3x -timeout 60m ./loaders
	python3 graph/bench/peers/read_peers.py --write
	python3 graph/bench/peers/project_peers.py --write
	python3 graph/bench/peers/project_peers.py --write --side rows --customers 60000 --products 6000 --purchases 1500000
	python3 graph/bench/peers/kernels_peers.py --write
	python3 graph/bench/peers/scale.py
	python3 graph/bench/peers/leiden_peers.py --write
	python3 graph/bench/peers/leiden_peers.py --write --threads 1 --effort full --graphs planted-0.3,planted-0.5,planted-0.5-weighted,followers
	python3 graph/bench/peers/leiden_peers.py --write --algorithm louvain
	python3 graph/bench/peers/leiden_peers.py --write --algorithm map --threads 1 --graphs planted-0.3,planted-0.5-weighted,followers

generate: ## regenerate the code that is derived from api/openapi.yaml
	$(GO) generate ./...

check-generated: generate ## fail when generated code is not current
	@git diff --exit-code -- '*.gen.go' || { echo 'generated code is out of date: run make generate and commit the result'; exit 1; }

clean: ## remove what was built
	rm -rf $(BIN)
