#!/bin/sh
# SPDX-License-Identifier: MIT
# compare.sh PRINT-ALL [TIMES]: with undo (so many times), by re-execution and
# by two workers: one text.
set -u
out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT
"$1" times="${2:-1}" >"$out/undo" || exit 1
"$1" reexecute >"$out/reexecute" || exit 1
"$1" jobs=2 >"$out/jobs" || exit 1
cmp "$out/undo" "$out/jobs" || exit 1
cmp "$out/undo" "$out/reexecute"
