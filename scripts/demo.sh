#!/usr/bin/env bash
# Shows what Couplet does, without an account anywhere: two pretend CRMs over real HTTP, a flow file for contacts, one that
# adds their tasks and notes, and after each run an account of what became the same and why. Everything lives in a temporary folder and is gone at the end.
#
#   scripts/demo.sh bin/couplet           # then starts the web app on two fresh pretend CRMs, and prints one address
#   scripts/demo.sh --check bin/couplet   # ends by itself
#
# It needs nothing but bash and the binary. The pretend CRMs keep the vendors' real rate limits. With CI=true nobody is
# there to stop the web app, so it is stopped as soon as it has signed somebody in.
set -euo pipefail
check=
[ "${1:-}" != --check ] || { check=yes && shift; }
couplet=$(cd "$(dirname "${1:-bin/couplet}")" && pwd)/$(basename "${1:-bin/couplet}")
examples=$(cd "$(dirname "$0")/../examples" && pwd)
tmp=$(mktemp -d)
sandbox=
cleanup() {
	local code=$?
	if [ -n "$sandbox" ]; then
		kill "$sandbox" 2>/dev/null || true
		wait "$sandbox" 2>/dev/null || true
	fi
	[ $code -eq 0 ] || { echo "The demo stopped with code $code." >&2; cat "$tmp"/*.err >&2 2>/dev/null || true; }
	rm -rf "$tmp"
	exit $code
}
trap cleanup EXIT
trap 'exit 130' INT TERM

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] || say() { printf '\n%s\n' "$*"; }
do_() { # shows a command and carries it out
	printf '$ couplet %s\n' "$*"
	"$couplet" "$@"
}

say "Two pretend CRMs, filled with 120 invented people who overlap in part, with their tasks and notes"
"$couplet" sandbox --contacts 120 --json >"$tmp/sandbox.json" 2>"$tmp/sandbox.err" &
sandbox=$!
for _ in $(seq 200); do
	[ ! -s "$tmp/sandbox.json" ] || break
	kill -0 "$sandbox" 2>/dev/null || exit 1
	sleep 0.1
done

# The sandbox answers with one line of JSON whose objects are flat: get OBJECT KEY.
get() {
	local value
	value=$(sed -n "s/.*\"$1\":{\([^}]*\)}.*/\1/p" "$tmp/sandbox.json" | tr ',' '\n' | sed -n "s/^\"$2\"://p" | tr -d '"')
	[ -n "$value" ] || { echo "The sandbox did not tell $1.$2." >&2; exit 1; }
	printf %s "$value"
}
HL_URL=$(get highlevel url) HL_TOKEN=$(get highlevel token) HL_LOCATION=$(get highlevel location_id)
UC_URL=$(get usercom url) UC_TOKEN=$(get usercom token) UC_SUBDOMAIN=$(get usercom subdomain)
UC_TASK_TYPE=$(get usercom_settings task_type) UC_NOTE_TYPE=$(get usercom_settings note_type) UC_AGENTS=$(get usercom_settings agents)
export HL_URL HL_TOKEN HL_LOCATION UC_URL UC_TOKEN UC_SUBDOMAIN UC_TASK_TYPE UC_NOTE_TYPE UC_AGENTS
host() { printf %s "$1" | sed 's,^http://,,; s,/.*,,'; }

export COUPLET_DATA=$tmp/data
# Private addresses are refused unless they are named. Search in these two CRMs does not lag, so a second is enough to
# be sure that a change shows; with real ones it is 30.
export COUPLET_ALLOW_PRIVATE_HOSTS="$(host "$HL_URL"),$(host "$UC_URL")" COUPLET_SETTLE=1s

# by_hand METHOD PATH [JSON]: what a person would do in the pages of one of the CRMs, by way of the sandbox's control.
by_hand() {
	local at path=$2 body=${3:-}
	at=$(host "$(get control url)")
	exec 3<>"/dev/tcp/${at%:*}/${at##*:}"
	printf '%s %s HTTP/1.0\r\nHost: %s\r\nX-Sandbox-Key: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s' \
		"$1" "/_sandbox/$path" "$at" "$(get control key)" "${#body}" "$body" >&3
	local answer
	answer=$(cat <&3)
	exec 3>&-
	case $answer in "HTTP/1."?" 2"*) ;; *) echo "By hand, $1 $path: $answer" >&2; return 1 ;; esac
	printf '%s\n' "$answer" | tail -n 1
}
# field NAME: the value of a text field in the JSON on stdin, the first of that name.
field() { sed -n "s/^[^\n]*\"$1\":\"\([^\"]*\)\".*/\1/p" | head -n 1; }

echo "HighLevel at $HL_URL, User.com at $UC_URL."
echo "From the seeded people alone, matched by email and phone, it must come to: $(get expected linked) pairs linked,"
echo "$(get expected created_a) created in HighLevel, $(get expected created_b) created in User.com, $(get expected review) records left for a person to decide about."

say "The flow file: two connections, one flow"
grep -v '^#' "$examples/contacts.yaml"
echo
do_ apply -f "$examples/contacts.yaml"

say "The first run: match who is known on both sides, create who is missing"
run() { # run FLOW prints the run for people, sets $id
	local code=0
	printf '$ couplet run %s\n' "$1"
	"$couplet" run "$1" | tee "$tmp/run.txt" || code=${PIPESTATUS[0]}
	[ "$code" -eq 0 ] || [ "$code" -eq 3 ] || exit "$code"
	id=$(grep -o 'run_[A-Za-z0-9_-]*' "$tmp/run.txt" | head -n 1)
}
run contacts
# must SENTENCE WORDS: the last run's account has to hold these words.
must() {
	if grep -q -e "$2" "$tmp/run.txt"; then
		echo "As it must be: $1."
	else
		echo "NOT as it must be: $1." >&2
		exit 1
	fi
}
must "$(get expected linked) linked" "^  $(get expected linked) linked,"
must "$(get expected created_b) created in User.com" "to User.com: $(get expected created_b) created"
must "$(get expected created_a) created in HighLevel" "to HighLevel: $(get expected created_a) created"
must "$(get expected review) left for a person" " $(get expected review) need review"

say "What it did, and why: a few records of each kind"
for result in linked conflict created needs_review; do
	"$couplet" runs show "$id" --result "$result" --limit 2 | grep -v -e '^[^- ]' -e '^  [^ ]' || true
done

say "A person changes one contact in HighLevel, and another one in User.com"
pick() { "$couplet" runs show "$id" --result "$1" --limit 2 --json | tr '{' '\n' | sed -n 's/.*"a":"\([^"]*\)","b":"\([^"]*\)".*/\1 \2/p' | sed -n "$2p"; }
read -r a1 b1 < <(pick created 1)
read -r a2 b2 < <(pick created 2)
by_hand PUT "highlevel/contacts/$a1" '{"companyName":"Harbour Light Studio"}' >/dev/null
echo "HighLevel, contact $a1: company is now Harbour Light Studio"
by_hand PUT "usercom/users/$b2" '{"phone_number":"+351912000777"}' >/dev/null
echo "User.com, contact $b2: phone is now +351912000777"

say "The second run: only what changed"
run contacts
"$couplet" runs show "$id" | grep -v -e '^[^- ]' -e '^  [^ ]'

must "one change on each side" "to User.com: 0 created, 1 updated"

say "Both sides, looked at by hand"
echo "User.com, contact $b1: company_name $(by_hand GET "usercom/users/$b1" | field company_name)"
echo "HighLevel, contact $a2: phone $(by_hand GET "highlevel/contacts/$a2" | field phone)"

say "The third run: nobody changed anything, so nothing is written; our own writes are not taken for news"
nothing() { # nothing FLOW runs it, and it has to write nothing
	run "$1"
	must "no write to User.com" "to User.com: 0 created, 0 updated"
	must "no write to HighLevel" "to HighLevel: 0 created, 0 updated"
}
nothing contacts

say "What hangs on the contacts: a second flow file adds their tasks and notes; the contacts stay as they are"
sed -n '/^flows:/,$p' "$examples/contacts-tasks-notes.yaml"
echo
do_ apply -f "$examples/contacts-tasks-notes.yaml"
for of in tasks notes; do
	say "The first run of the $of: each goes where its contact is linked, and the twins among them are recognised by what they say"
	echo "It must come to: $(get $of linked) pairs linked, $(get $of created_a) created in HighLevel, $(get $of created_b) created in User.com."
	run $of
	must "$(get $of linked) linked" "^  $(get $of linked) linked,"
	must "$(get $of created_b) created in User.com" "to User.com: $(get $of created_b) created"
	must "$(get $of created_a) created in HighLevel" "to HighLevel: $(get $of created_a) created"
	must "nobody has to decide" " 0 need review"
	for result in linked created; do
		"$couplet" runs show "$id" --result "$result" --limit 2 | grep -v -e '^[^- ]' -e '^  [^ ]' || true
	done
	[ $of != tasks ] || read -r at bt < <(pick created 1)
	[ $of != notes ] || read -r an bn < <(pick created 1)
done

say "A person finishes a task in HighLevel, and rewrites a note in User.com"
by_hand PUT "highlevel/tasks/$at" '{"title":"Call back before noon","completed":true}' >/dev/null
echo "HighLevel, task $at: called Call back before noon, and done"
by_hand PUT "usercom/activities/$bn" '{"description":"<p>Wants the <b>blue</b> one after all.</p>"}' >/dev/null
echo "User.com, activity $bn: says now that they want the blue one after all"
for of in tasks notes; do
	run $of
	must "one change of the $of" "0 created, 1 updated"
done

say "Both sides, looked at by hand"
by_hand GET "usercom/activities/$bt" >"$tmp/run.txt"
echo "User.com, activity $bt: name $(field name <"$tmp/run.txt")"
must "it has the new name" '"name":"Call back before noon"'
must "it is done" '"done":true'
by_hand GET "highlevel/notes/$an" >"$tmp/run.txt"
echo "HighLevel, note $an: body $(field body <"$tmp/run.txt")"
must "it says the same" 'blue'

say "And once more: nobody changed anything, so nothing is written"
nothing tasks
nothing notes

[ -z "$check" ] || { say "That was all. Nothing was left behind." && exit; }

say "Now the same in the browser, on two fresh pretend CRMs: connect, map, preview, switch on, watch"
kill "$sandbox" && wait "$sandbox" || true
sandbox=
unset COUPLET_DATA COUPLET_SETTLE COUPLET_ALLOW_PRIVATE_HOSTS
if [ "${CI:-}" != true ]; then
	rm -rf "$tmp"
	trap - EXIT INT TERM
	exec "$couplet" demo
fi
"$couplet" demo --json >"$tmp/demo.json" 2>"$tmp/demo.err" &
sandbox=$!
for _ in $(seq 200); do
	[ ! -s "$tmp/demo.json" ] || break
	kill -0 "$sandbox" 2>/dev/null || exit 1
	sleep 0.1
done
link=$(sed -n 's/.*"sign_in":"\([^"]*\)".*/\1/p' "$tmp/demo.json")
at=$(host "$link")
exec 3<>"/dev/tcp/${at%:*}/${at##*:}"
printf 'GET /%s HTTP/1.0\r\nHost: %s\r\n\r\n' "${link#http://*/}" "$at" >&3
read -r _ status _ <&3
exec 3>&-
[ "$status" = 200 ] || [ "$status" = 303 ] || { echo "The address to sign in with answers $status." >&2; exit 1; }
say "It runs and signs in. CI=true, so it is stopped again; nothing was left behind."
