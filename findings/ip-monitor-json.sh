#!/bin/sh
# iproute2 6.1.0 (Debian 12): `ip -j monitor` takes -j and prints the lines for people all the same, so a reader of JSON gets nothing it can read. (`ip -j route` of the same build
# prints JSON.)
set -eu
export LC_ALL=C
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq iproute2=6.1.0-3 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" .; done
PATH=$folder/sbin:$folder/bin:$folder/usr/sbin:$folder/usr/bin:$PATH
unshare -rn sh -euc '
  ip link add one type veth peer name two
  ip link set one up
  ip link set two up
  ip address add 192.0.2.1/24 dev one
  timeout 2 ip -j monitor route >seen & sleep 1
  ip route add 203.0.113.0/24 dev one
  wait $! || :
  ip -j route show 203.0.113.0/24 | grep "^\[{"
  grep "203.0.113.0/24" seen
  if grep -q "[{}]" seen; then exit 1; fi'
