#!/bin/sh
# SPDX-License-Identifier: MIT
# diagrams.sh DOC RSIM: the diagrams in DOC are what RSIM prints.
in_doc=$(mktemp)
trap 'rm -f "$in_doc"' EXIT
# Between the fences, without the fences themselves.
awk '/^```mermaid$/ { on = 1; next } /^```$/ { on = 0 } on' "$1" > "$in_doc"
"$2" catalogue --diagram | diff -u "$in_doc" -
