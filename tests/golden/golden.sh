#!/bin/bash
# SPDX-License-Identifier: MIT
# Compares what rsim prints with golden files: golden.sh RSIM DATA FILE...
# A file begins with '# what it shows' and '$ the command'; then comes the
# output, and the exit code if it is not 0. --write instead of comparing:
# golden.sh --write RSIM DATA FILE...
set -eu

write=false
if [ "$1" = --write ]; then
	write=true
	shift
fi
rsim=$(realpath "$1")
data=$2
shift 2
tmp=$(mktemp)
trap 'rm -f "$tmp"' EXIT
wrong=0
for file; do
	file=$(realpath "$file")
	line=$(sed -n '2s/^\$ rsim //p' "$file")
	code=0
	sed -n '1,2p' "$file" >"$tmp"
	# Words as a shell reads them; the files are ours.
	(cd "$data" && eval "set -f; exec '$rsim' $line") >>"$tmp" 2>&1 ||
		code=$?
	[ $code -eq 0 ] || echo "exit $code" >>"$tmp"
	if $write; then
		cmp -s "$tmp" "$file" || { cp "$tmp" "$file"; echo "$file"; }
	elif ! diff -u "$file" "$tmp"; then
		wrong=1
	fi
done
exit $wrong
