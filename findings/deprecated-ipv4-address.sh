#!/bin/sh
# Linux (seen with 6.18) and iproute2 6.1.0: `preferred_lft 0` marks an IPv4 address as deprecated, and it is taken for a source all the same; for IPv6 another address is taken, as one expects. For IPv4 only the
# order counts: the first address of the link.
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
  ip address add 198.51.100.9/24 dev one preferred_lft 0
  ip address add 203.0.113.5/24 dev one
  ip -6 address add 2001:db8::9/64 dev one preferred_lft 0 nodad
  ip -6 address add 2001:db8::5/64 dev one nodad
  ip route add default dev one
  ip address show dev one | grep deprecated
  ip route get 192.0.2.1 | grep "src 198.51.100.9"
  ip -6 route get 2001:db8::77 | grep "src 2001:db8::5"'
