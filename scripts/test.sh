#!/usr/bin/env bash
# Runs every test and says aloud what it leaves out.
#
#   scripts/test.sh                             # everything; the browser last and alone, because it holds times
#   scripts/test.sh rest                        # everything but the browser
#   scripts/test.sh browser                     # only the browser
#   scripts/test.sh [go test flags] [packages]
set -euo pipefail
cd "$(dirname "$0")/.."
# Never from the cache: it drives a program that is built on the way, which the cache does not know of.
browser=./internal/browsertest

chromium() {
	local name
	for name in ${COUPLET_CHROMIUM:-} chromium chromium-browser google-chrome google-chrome-stable; do
		command -v "$name" >/dev/null && return
	done
	return 1
}

out=()
[ -n "${TEST_POSTGRES_URL:-}" ] || out+=("PostgreSQL: TEST_POSTGRES_URL is not set; everything runs on SQLite only")
[ -d "${COUPLET_APIS:-../shared/apis}" ] || out+=("requests against the vendors' documents: COUPLET_APIS names no folder")
[ -e static/dist/htmx.min.js ] || out+=("built assets: make assets has not run")
chromium || out+=("browser: no Chromium; install the package chromium, or name one with COUPLET_CHROMIUM")
[ -e node_modules/axe-core/axe.min.js ] || out+=("browser: axe-core is not there; npm ci fetches it")
for o in ${out[@]+"${out[@]}"}; do echo "LEFT OUT  $o"; done

bad=0
run() { go test -v "$@" 2>&1 | awk -f scripts/report.awk || bad=1; }
rest() {
	go vet ./... || bad=1
	# ./internal holds the shape of the house
	run $(go list ./... | grep -v "/${browser##*/}\$")
}
# Chromium is at the mercy of a shared machine. What failed is tried once more, alone and aloud: it counts as passed if it passes then,
# and the line SECOND TRY stays in the output for whoever looks after it. More than three that failed are no accident.
in_browser() {
	local log before=$bad failed
	log=$(mktemp)
	go test -v -count 1 -timeout 12m -parallel 3 "$browser" 2>&1 | tee "$log" | awk -f scripts/report.awk && { rm "$log"; return; }
	failed=$(grep -aoE '^--- FAIL: [A-Za-z0-9_]+' "$log" | cut -d' ' -f3 | sort -u)
	rm "$log"
	bad=1
	[ -n "$failed" ] && [ "$(wc -l <<<"$failed")" -le 3 ] || return 0
	echo "SECOND TRY  $(paste -sd' ' <<<"$failed")"
	go test -v -count 1 -timeout 12m -run "^($(paste -sd'|' <<<"$failed"))\$" "$browser" 2>&1 | awk -f scripts/report.awk && bad=$before || true
}
case "${1:-}" in
'') rest && in_browser ;;
rest) rest ;;
browser) in_browser ;;
*) run "$@" ;;
esac

for o in ${out[@]+"${out[@]}"}; do echo "LEFT OUT  $o"; done
exit $bad
