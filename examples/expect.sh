#!/bin/sh
# SPDX-License-Identifier: MIT
# expect.sh EXPECTED PROGRAM [ARGUMENT]...: the program must print just that.
expected=$1
shift
"$@" | diff -u "$expected" -
