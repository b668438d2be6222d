#!/bin/sh
# Linux (seen with 6.18) and iproute2 6.1.0: when a link goes down its IPv6 routes are announced as deleted, and its IPv4 routes are gone without a message: `ip monitor route` tells of the one and is silent
# about the other. Who watches routes by netlink must look at links, too.
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
  ip -6 address add 2001:db8::1/64 dev one nodad
  ip route add 198.51.100.0/24 via 192.0.2.2
  ip -6 route add 2001:db8:5::/64 via 2001:db8::2
  timeout 2 ip monitor route >seen & sleep 1
  ip link set one down
  wait $! || :
  echo "left: \"$(ip route show 198.51.100.0/24)\" \"$(ip -6 route show 2001:db8:5::/64)\""
  [ -z "$(ip route show 198.51.100.0/24)$(ip -6 route show 2001:db8:5::/64)" ]
  grep "Deleted 2001:db8:5::/64" seen
  if grep -q 198.51.100 seen; then exit 1; fi'
