#!/bin/sh
# Linux (seen with 6.18) and iproute2 6.1.0: routes in a table of their own that have an address as source outlive the address, and in two ways: the IPv4 route keeps the source that nobody has any more, the
# IPv6 route loses it and leaves with another address from then on. Nothing is announced for either. Putting the address back mends the first and not the second.
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
  ip address add 192.0.2.129/25 dev one
  ip -6 address add 2001:db8::9/128 dev one nodad
  ip route add 203.0.113.0/24 dev one src 192.0.2.129 table 77
  ip -6 route add 2001:db8:9::/64 dev one src 2001:db8::9 table 77
  timeout 2 ip monitor route >seen & sleep 1
  ip address del 192.0.2.129/25 dev one
  ip -6 address del 2001:db8::9/128 dev one
  wait $! || :
  ip route show table 77
  ip -6 route show table 77
  ip route show table 77 | grep -q "src 192.0.2.129"
  ip -6 route show table 77 | grep "2001:db8:9::/64" | grep -vq src
  if grep -E "203.0.113|2001:db8:9:" seen; then exit 1; fi
  ip -6 address add 2001:db8::9/128 dev one nodad
  if ip -6 route show table 77 | grep -q src; then exit 1; fi'
