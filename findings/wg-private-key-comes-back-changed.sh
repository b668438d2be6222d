#!/bin/sh
# wireguard-tools 1.0.20210914 with wireguard-go 0.0.20220316 (Debian 12): `wg set … private-key FILE` takes any 32 bytes, as other makers of keys write them, and `wg show … private-key` gives
# them back with the bits set that X25519 sets by itself: another text than the file's for the same key. `wg pubkey` makes one public key of both. Whether an interface has the key of a file is
# told by public keys alone. Needs root for its own namespaces and /dev/net/tun.
set -eu
export LC_ALL=C
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq wireguard-tools=1.0.20210914-1+b1 wireguard-go=0.0.20220316-1+b4 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" .; done
PATH=$folder/usr/bin:$PATH
[ -c /dev/net/tun ] || { echo 'no /dev/net/tun here' >&2; exit 77; }
unshare -rn sh -euc '
  umask 077
  # in a place of its own: the socket of wireguard-go is always /var/run/wireguard/NAME.sock
  name=wgf$$
  wireguard-go $name >/dev/null 2>&1
  trap "wg show $name >/dev/null 2>&1 && rm -f /var/run/wireguard/$name.sock" EXIT
  # 32 bytes, of which the first and the last have bits that `wg genkey` never leaves as they are
  head -c 32 /dev/zero | tr "\000" "\377" | base64 >file
  wg set $name private-key file
  wg show $name private-key >shown
  if cmp -s file shown; then exit 1; fi
  echo "the file and what is shown differ"
  [ "$(wg pubkey <file)" = "$(wg pubkey <shown)" ]
  [ "$(wg pubkey <file)" = "$(wg show $name public-key)" ]
  echo "their public key is one: $(wg show $name public-key)"'
