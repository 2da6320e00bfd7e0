#!/bin/sh
# SPDX-License-Identifier: MIT
# compare.sh EXPECTED COMMAND...: the command must print just that.
expected=$1
shift
"$@" | diff -u "$expected" -
