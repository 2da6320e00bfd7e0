#!/bin/bash
# SPDX-License-Identifier: MIT
# What the rsim command answers: tool.sh RSIM DATA_DIR
set -u

rsim=$1
data=$2
dump=$data/machines/vtd-rootports/lspci-xxxx.txt
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
wrong=0
tried=0

# check CODE OUT ERR [ARGUMENT]...: the exit code, and a line of stdout and of
# stderr as extended regular expressions (-: that stream must be empty).
check()
{
	local code=$1 out=$2 err=$3 got=0

	shift 3
	"$rsim" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null || got=$?
	tried=$((tried + 1))
	if [ $got -ne "$code" ] || ! matches "$out" "$tmp/out" ||
	   ! matches "$err" "$tmp/err"; then
		echo "rsim $*: exit $got, not $code; expected '$out', '$err'"
		head -n 5 "$tmp/out" "$tmp/err"
		wrong=$((wrong + 1))
	fi
}

matches()
{
	if [ "$1" = - ]; then
		[ ! -s "$2" ]
	else
		grep -Eq -- "$1" "$2"
	fi
}

check 2 - '^Usage: rsim VERB'
check 0 '^Usage: rsim VERB' - --help
check 0 '^rsim [0-9]+\.[0-9]+\.[0-9]+$' - --version
check 2 - "there is no verb 'dance'" dance
for verb in machine reset conform; do
	check 0 "^Usage: rsim $verb \[OPTION" - $verb --help
	check 2 - "rsim $verb: which " $verb
	check 2 - "unrecognized option '--wrong'" $verb --wrong
done

check 0 '^0000:01:00.0	' - machine "$dump"
check 0 '^30: ' - machine --export "$dump"
check 0 '^0000:01:00.0	' - machine --kernel 7.0 --iommu smmuv3 "$dump"
check 2 - '/does/not/exist: No such file' machine /does/not/exist
check 2 - '^rsim: /: Is a directory' machine /
check 2 - '--kernel is 6.12, 7.0 or 7.3, not' machine --kernel 5.4 "$dump"
check 2 - '--iommu is vtd, smmuv3, amd or none' machine --iommu x "$dump"
check 2 - 'Usage: rsim machine' machine "$dump" "$dump"
printf 'no dump\n' >"$tmp/bad"
check 2 - "^rsim: $tmp/bad:1: expected a function's address" machine "$tmp/bad"

check 0 '^result=0 resets=1 state=open ' - reset "$dump" 01:00.0
check 0 '^result=0 .* proto=v7.1$' - reset "$dump" 0000:01:00.0 --proto v7.1
check 1 '^result=-25 resets=0 state=parked ' - reset "$dump" 01:00.0 \
	--method flr --fault ready=never
check 1 '^result=-25 ' - reset "$dump" 00:00.0
check 0 '  R16 ' - reset "$dump" 01:00.0 --all
check 2 - 'which DUMP, which function' reset "$dump"
check 2 - "'1:2:3:4' is no address" reset "$dump" 1:2:3:4
check 2 - 'there is no function 0000:55:00.0' reset "$dump" 55:00.0
check 2 - '--proto is one of none v7.0 on-success v7.1 quarantine, not' \
	reset "$dump" 01:00.0 --proto v9
check 2 . "reset_method: 'acpi' is not for 0000:01:00.0" \
	reset "$dump" 01:00.0 --method acpi
check 2 - "fault 'smoke': there is no fault point" \
	reset "$dump" 01:00.0 --fault smoke
check 2 - "fault 'ready=soon': the value after" \
	reset "$dump" 01:00.0 --fault ready=soon
check 2 - "fault 'ready\*0': the count after" \
	reset "$dump" 01:00.0 --fault 'ready*0'
check 0 '^atc-inv  ' - reset --fault=help
check 2 - 'at most 16 faults' reset "$dump" 01:00.0 \
	$(printf -- '--fault=ready*1 %.0s' {1..17})
check 2 - '/does/not/exist: No such file' reset /does/not/exist 01:00.0

for proto in v7.0 on-success v7.1 quarantine; do
	"$rsim" conform --proto $proto "$data/vectors/$proto.txt" |
		cmp - "$data/vectors/$proto.txt" || wrong=$((wrong + 1))
	tried=$((tried + 1))
done
check 2 - '/does/not/exist: No such file' conform /does/not/exist
check 2 - '^rsim: /: Is a directory' conform /
printf 'no script\n' >"$tmp/script"
check 2 - "^rsim: $tmp/script:1: expected case" \
	conform "$tmp/script"
printf 'case 1\nprepare\n' >"$tmp/script"
check 2 - "^rsim: $tmp/script:2: expected more words" \
	conform "$tmp/script"

# What cannot be written is a failure, too.
if [ -w /dev/full ]; then
	for args in "machine $dump" "machine --export $dump" \
		    "reset $dump 01:00.0" \
		    "conform $data/vectors/v7.1.txt --proto v7.1" --version; do
		tried=$((tried + 1))
		# shellcheck disable=SC2086
		if "$rsim" $args >/dev/full 2>"$tmp/err" ||
		   [ $? -ne 2 ] || [ ! -s "$tmp/err" ]; then
			echo "rsim $args >/dev/full is no failure"
			wrong=$((wrong + 1))
		fi
	done
fi

echo "$tried tried, $wrong wrong"
[ $wrong -eq 0 ]
