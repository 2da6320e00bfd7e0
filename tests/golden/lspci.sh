#!/bin/bash
# SPDX-License-Identifier: MIT
# lspci must read what rsim exports, and find the same in it as in the dump of
# the real machine: lspci.sh RSIM MACHINE_DIR. Exit code 77: no lspci here.
set -eu

rsim=$1
machine=$2
PATH=$PATH:/usr/sbin:/sbin
if ! command -v lspci >/dev/null; then
	echo "no lspci"
	exit 77
fi
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# Everything that lspci decodes, register by register. -n: IDs instead of the
# names that this host happens to know. Kernel drivers are not in a dump.
decode()
{
	lspci -F "$1" -D -n -vvv 2>"$tmp/err" |
		grep -v -e 'Kernel driver' -e 'Kernel modules'
	# A host without kernel modules is nothing to complain about.
	if grep -v libkmod "$tmp/err" >&2; then
		return 1
	fi
}

# Of each function: the address, and the list of its capabilities.
capabilities()
{
	sed -nE 's/^([0-9a-f]{4}:[0-9a-f:.]{7}) .*/\1/p
		s/^\t(Capabilities: \[[0-9a-f]+( v[0-9]+)?\] [A-Za-z0-9/-]+).*/\1/p'
}

"$rsim" machine --export "$machine/lspci-xxxx.txt" >"$tmp/export"
decode "$machine/lspci-xxxx.txt" >"$tmp/want"
decode "$tmp/export" >"$tmp/got"

wrong=0
if ! diff -u "$tmp/want" "$tmp/got"; then
	echo "lspci reads something else in the export than in the dump"
	wrong=1
fi
# What was recorded on the machine itself, by another version of lspci.
capabilities <"$machine/lspci-vvv.txt" >"$tmp/recorded"
capabilities <"$tmp/got" >"$tmp/found"
if ! diff -u "$tmp/recorded" "$tmp/found"; then
	echo "other capabilities than recorded"
	wrong=1
fi
[ "$(grep -c Capabilities "$tmp/found")" -gt 0 ] ||
	[ "$(grep -c Capabilities "$tmp/recorded")" -eq 0 ]
echo "$(grep -c Capabilities "$tmp/found") capabilities"
exit $wrong
