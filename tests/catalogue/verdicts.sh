#!/bin/sh
# SPDX-License-Identifier: MIT
# verdicts.sh DOC RSIM: the table in DOC is what RSIM prints.
in_doc=$(mktemp)
trap 'rm -f "$in_doc"' EXIT
awk '/^```tsv$/ { on = 1; next } /^```$/ { on = 0 } on' "$1" > "$in_doc"
"$2" explore --table | diff -u "$in_doc" -
