# Couplet needs Go and a C compiler (for SQLite). npm is needed only for `make assets`.

export CGO_ENABLED = 1
# The vendors' published documents, when somebody has them; some tests check requests against them.
export COUPLET_APIS ?= $(abspath ../shared/apis)

VERSION ?= dev
CODE = $(wildcard cmd db internal scripts static templates web)

.PHONY: build demo test bench prove check generate assets clean

build: ## bin/couplet
	go build -ldflags '-X main.version=$(VERSION)' -o bin/couplet ./cmd/couplet

demo: build ## two pretend CRMs, one flow, and an account of what became the same and why
	@scripts/demo.sh bin/couplet

test: ## every test; PostgreSQL too when TEST_POSTGRES_URL is set
	@scripts/test.sh

check: ## is it formatted, vetted, generated, and in the shape of the house?
	@scripts/check.sh $(CODE)

bench: ## a first and a second sync against a plain loop, then every small benchmark
	go run ./scripts/bench
	go test -run '^$$' -bench . -benchmem ./...

prove: ## the long tests: thousands of histories, many kills
	@scripts/prove.sh

generate: ## *_templ.go from *.templ
	go generate ./...

assets: node_modules/.package-lock.json ## static/dist: what browsers load
	go run ./scripts/assets

node_modules/.package-lock.json: package.json package-lock.json
	npm ci

clean:
	rm -rf bin node_modules
	find static/dist -mindepth 1 ! -name placeholder.txt -delete
