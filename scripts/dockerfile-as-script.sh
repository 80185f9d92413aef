#!/usr/bin/env bash
# Carries out the Dockerfile where no container can be run: a clean folder with exactly what .dockerignore lets through,
# in it every RUN of the building stages, in order, and then HEALTHCHECK against the binary that came out. What it does
# not show: the base images, and that the last stage's COPY lines put things where they should be.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD work=$(mktemp -d)
server=
cleanup() {
	[ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true
	rm -rf "$work"
}
trap cleanup EXIT
src=$work/src
mkdir "$src"

# COPY . .: what is tracked or new, less what .dockerignore names.
git ls-files -co --exclude-standard -z | while IFS= read -r -d '' f; do
	[ -e "$f" ] || continue # deleted, not yet committed
	mkdir -p "$src/$(dirname "$f")" && cp -p "$f" "$src/$f"
done
while read -r line; do
	case $line in
	'' | '#'*) ;;
	'!'*) cp -p "${line#!}" "$src/${line#!}" ;;
	'**/'*) find "$src" -name "${line#\*\*/}" -prune -exec rm -rf {} + ;;
	*) (cd "$src" && eval "rm -rf -- $line") ;; # eval, for the globs
	esac
done <.dockerignore

# Join continued lines, leave out comments, number the stages.
steps=$(sed -e ':a' -e '/\\$/N; s/\\\n//; ta' Dockerfile | grep -vE '^(#|$)')
stages=$(grep -c '^FROM ' <<<"$steps")
stage=0
cd "$src"
while IFS= read -r step; do
	rest=${step#* }
	case $step in
	FROM\ *)
		stage=$((stage + 1))
		echo "== stage $stage of $stages: $rest"
		;;
	ARG\ *) name=${rest%%=*} && [ -n "${!name:-}" ] || export "${rest?}" ;;
	RUN\ *)
		if [ "$stage" -eq "$stages" ]; then
			echo "dockerfile-as-script: the last stage has a RUN, which cannot be carried out here: $rest" >&2
			exit 1
		fi
		echo "+ $rest"
		bash -euc "$rest" </dev/null
		;;
	esac
done <<<"$steps"

modes=$(stat -c %a out/owned/data)
[ "$modes" = 700 ] || { echo "dockerfile-as-script: the data folder has mode $modes, not 700" >&2; exit 1; }
ls -l out/bin/couplet out/etc
out/bin/couplet version

# The health check, word for word, first against nothing, then against the server.
check=$(sed -n 's/^HEALTHCHECK .*"-c", "\(.*\)"\]$/\1/p' <<<"$steps" | sed -e 's/\\"/"/g' -e 's/\\\\/\\/g')
[ -n "$check" ] || { echo "dockerfile-as-script: no HEALTHCHECK found" >&2; exit 1; }
export COUPLET_ADDR=127.0.0.1:$((20000 + RANDOM % 20000)) COUPLET_DATA=$work/data
if bash -c "$check" 2>/dev/null; then
	echo "dockerfile-as-script: the health check says yes although nothing runs" >&2
	exit 1
fi
if ! out/bin/couplet serve --help >/dev/null 2>&1; then
	echo "NOT CHECKED: the health check against a server; this program has no serve yet"
	exit 0
fi
out/bin/couplet serve 2>"$work/serve.log" &
server=$!
for _ in $(seq 100); do
	if bash -c "$check" 2>/dev/null; then
		echo "the health check says yes"
		exit 0
	fi
	kill -0 "$server" 2>/dev/null || break
	sleep 0.2
done
cat "$work/serve.log" >&2
echo "dockerfile-as-script: the server never became healthy" >&2
exit 1
