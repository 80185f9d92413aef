# Couplet needs Go and a C compiler (for SQLite). npm is needed only for `make assets`.

export CGO_ENABLED = 1
# The vendors' published documents, when somebody has them; some tests check requests against them.
export COUPLET_APIS ?= $(abspath ../shared/apis)

VERSION ?= dev
CODE = $(wildcard cmd db internal scripts static templates web)

.PHONY: build demo demo-check ready pictures test bench prove check generate assets clean

build: ## bin/couplet
	go build -ldflags '-X main.version=$(VERSION)' -o bin/couplet ./cmd/couplet

demo: ready build ## two pretend CRMs, contacts, tasks and notes, an account of what became the same and why; then the web app on them
	@scripts/demo.sh bin/couplet

demo-check: build ## the same without the web app; it ends by itself
	@scripts/demo.sh --check bin/couplet

ready: ## what browsers load, when npm is there to fetch it
	@if ! command -v npm >/dev/null; then echo "npm is not installed: the pages will work, without their scripts and their own typefaces."; \
	else $(MAKE) --no-print-directory assets || echo "npm could not fetch what browsers load: the pages will work, without their scripts and their own typefaces."; fi

pictures: ready ## out/pictures: every page as it is, beside the drawing it was made after
	@scripts/pictures.sh out/pictures

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
