#!/bin/bash
# SPDX-License-Identifier: MIT
# The project in consumer/ gets rsim in both ways there are: as a subproject,
# and with pkg-config from where it was installed. consumer.sh SOURCE_ROOT
set -eu

source=$1
consumer=$source/tests/api/consumer
tmp=$(mktemp -d)
trap 'code=$?; [ $code -eq 0 ] || cat "$tmp/log"; rm -rf "$tmp"' EXIT
exec 3>&1 >"$tmp/log" 2>&1 </dev/null
# Nothing of the build that runs this test, nor of the host, may help.
unset PKG_CONFIG_PATH LD_LIBRARY_PATH MESON_BUILD_ROOT DESTDIR CFLAGS LDFLAGS

cp -r "$consumer" "$tmp/sub"
mkdir "$tmp/sub/subprojects"
ln -s "$source" "$tmp/sub/subprojects/rsim"
meson setup "$tmp/sub/build" "$tmp/sub" --wrap-mode=forcefallback \
	--buildtype=plain
meson test -C "$tmp/sub/build"
echo "as a subproject: passed" >&3

meson setup "$tmp/lib" "$source" --prefix="$tmp/prefix" --libdir=lib \
	-Dtests=false --buildtype=plain
meson install -C "$tmp/lib"
export PKG_CONFIG_PATH=$tmp/prefix/lib/pkgconfig
export LD_LIBRARY_PATH=$tmp/prefix/lib
meson setup "$tmp/pc" "$consumer" --wrap-mode=nofallback --buildtype=plain
meson test -C "$tmp/pc"
echo "with pkg-config: passed" >&3

# And without Meson.
# shellcheck disable=SC2046
${CC:-cc} -o "$tmp/mine" "$consumer/mine.c" \
	$(pkg-config --cflags --libs rsim cmocka)
"$tmp/mine"
"$tmp/prefix/bin/rsim" --version
echo "with cc: passed" >&3
