#!/bin/sh
# iproute2 6.1.0 (Debian 12): `ip -j route show table N` of a table that nobody has filled prints `[` alone on stdout, which is no JSON, and exits with 2. With -6
# likewise. Of `table all` the list is whole. Who parses the output of a node must not ask for the one table.
set -eu
export LC_ALL=C
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq iproute2=6.1.0-3 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" .; done
PATH=$folder/sbin:$folder/bin:$folder/usr/sbin:$folder/usr/bin:$PATH
unshare -rn sh -euc '
  for family in -4 -6; do
    code=0
    text=$(ip $family -j route show table 5181 2>said) || code=$?
    echo "ip $family -j route show table 5181: exit $code, stdout \"$text\", stderr \"$(head -n 1 said)\""
    [ "$code" = 2 ] && [ "$text" = "[" ]
    ip $family -j route show table all | grep -qx "\[.*\]"
  done'
