#!/bin/sh
# Runs one step of the set-up and shows that it moves: `sh .ci/step.sh "2 of 5: what" COMMAND ...`.
#
# At a terminal the line shows the seconds and what the command said last; elsewhere a line comes
# every half minute. When the step fails, the last lines of the command are printed.
set -u
title=$1
shift
log=$(mktemp)
start=$(date +%s)

"$@" >"$log" 2>&1 &
job=$!
trap 'kill "$job" 2>/dev/null; rm -f "$log"; exit 130' INT TERM HUP

width=$(($(tput cols 2>/dev/null || echo 100) - 1))
told=0
while kill -0 "$job" 2>/dev/null; do
    seconds=$(($(date +%s) - start))
    if [ -t 2 ]; then
        last=$(tail -n 1 "$log" | tr '\r' '\n' | tail -n 1)
        printf '\r\033[K%s' "$(printf '%s ... %s s  %s' "$title" "$seconds" "$last" | cut -c "1-$width")" >&2
    elif [ $((seconds / 30)) -gt "$told" ]; then
        told=$((seconds / 30))
        echo "$title ... $seconds s" >&2
    fi
    sleep 0.3
done
wait "$job"
status=$?
seconds=$(($(date +%s) - start))
[ ! -t 2 ] || printf '\r\033[K' >&2
if [ "$status" -ne 0 ]; then
    tail -n 30 "$log" >&2
    echo "qmlcourse: $title failed after $seconds s." >&2
else
    echo "$title: $seconds s" >&2
fi
rm -f "$log"
exit "$status"
