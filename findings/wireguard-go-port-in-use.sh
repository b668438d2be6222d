#!/bin/sh
# wireguard-tools 1.0.20210914 with wireguard-go 0.0.20220316 (Debian 12): `wg set … listen-port` to a port that is taken fails with exit 1, and the interface, which is up, has lost the port that it
# had: it listens at none (`wg show` says 0) until a port is set that is free. A failed change isn't as before. Needs root for its own namespaces and /dev/net/tun.
set -eu
export LC_ALL=C
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq wireguard-tools=1.0.20210914-1+b1 wireguard-go=0.0.20220316-1+b4 iproute2=6.1.0-3 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" .; done
PATH=$folder/sbin:$folder/bin:$folder/usr/bin:$PATH
[ -c /dev/net/tun ] || { echo 'no /dev/net/tun here' >&2; exit 77; }
unshare -rn sh -euc '
  umask 077
  # in a place of its own: the socket of wireguard-go is always /var/run/wireguard/NAME.sock
  one=wgf$$ two=wgg$$
  wireguard-go $one >/dev/null 2>&1
  wireguard-go $two >/dev/null 2>&1
  trap "rm -f /var/run/wireguard/$one.sock /var/run/wireguard/$two.sock" EXIT
  for name in $one $two; do
    wg genkey >key
    wg set $name private-key key
    ip link set $name up
  done
  wg set $one listen-port 51820
  wg set $two listen-port 51821
  [ "$(ss -Hlun "sport = 51821" | wc -l)" = 2 ]
  code=0
  wg set $two listen-port 51820 2>said || code=$?
  echo "exit $code, $(cat said); listens at $(wg show $two listen-port)"
  [ "$code" = 1 ]
  grep -q "Address already in use" said
  [ "$(wg show $two listen-port)" = 0 ]
  [ "$(ss -Hlun "sport = 51821" | wc -l)" = 0 ]
  ip link show $two | grep -q "UP"
  wg set $two listen-port 51821
  [ "$(wg show $two listen-port)" = 51821 ]'
