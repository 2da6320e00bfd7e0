#!/bin/sh
# SPDX-License-Identifier: MIT
# Every public header compiles alone, twice in a row, as C99 and as C++11,
# with every compiler that is here: headers.sh INCLUDE_DIR
set -u

warn='-Wall -Wextra -Wpedantic -Werror'
tried=0
wrong=0

try()
{
	compiler=$1
	shift
	command -v "$compiler" >/dev/null || return 0
	for header in "$include"/rsim/*.h; do
		name=rsim/${header##*/}
		tried=$((tried + 1))
		# shellcheck disable=SC2086
		printf '#include <%s>\n#include <%s>\n' "$name" "$name" |
			"$compiler" "$@" $warn -I"$include" -fsyntax-only - &&
			continue
		echo "$name does not compile with $compiler $*"
		wrong=$((wrong + 1))
	done
}

include=$1
for cc in gcc clang; do
	try $cc -x c -std=c99
	try $cc -x c -std=c11
done
for cxx in g++ clang++; do
	try $cxx -x c++ -std=c++11
	try $cxx -x c++ -std=c++20
done
echo "$tried tried, $wrong wrong"
[ $tried -gt 0 ] && [ $wrong -eq 0 ]
