#!/bin/sh
# wireguard-tools 1.0.20210914 with wireguard-go 0.0.20220316 (Debian 12): two [Peer] sections with one public key are taken, exit 0 and no word, and the AllowedIPs of the last section take the place of those of the
# first, while two AllowedIPs lines in one section add up. Needs root for its own namespaces and /dev/net/tun.
set -eu
export LC_ALL=C
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq wireguard-tools=1.0.20210914-1+b1 wireguard-go=0.0.20220316-1+b4 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" .; done
PATH=$folder/sbin:$folder/bin:$folder/usr/sbin:$folder/usr/bin:$PATH
[ -c /dev/net/tun ] || { echo 'no /dev/net/tun here' >&2; exit 77; }
unshare -rn sh -euc '
  umask 077
  # in a place of its own: the socket of wireguard-go is always /var/run/wireguard/NAME.sock
  name=wgf$$
  wireguard-go $name >/dev/null 2>&1
  trap "wg show $name >/dev/null 2>&1 && rm -f /var/run/wireguard/$name.sock" EXIT
  key=$(wg genkey | wg pubkey)
  printf "[Peer]\nPublicKey = %s\nAllowedIPs = 10.5.0.0/16\n[Peer]\nPublicKey = %s\nAllowedIPs = 10.6.0.0/16\n" "$key" "$key" >two
  printf "[Peer]\nPublicKey = %s\nAllowedIPs = 10.5.0.0/16\nAllowedIPs = 10.6.0.0/16\n" "$key" >one
  wg setconf $name two && echo "two sections: $(wg show $name allowed-ips | cut -f 2)"
  [ "$(wg show $name allowed-ips | cut -f 2)" = 10.6.0.0/16 ]
  wg setconf $name one && echo "two lines: $(wg show $name allowed-ips | cut -f 2)"
  [ "$(wg show $name allowed-ips | cut -f 2)" = "10.5.0.0/16 10.6.0.0/16" ]'
