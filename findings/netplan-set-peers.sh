#!/bin/sh
# netplan.io 0.106 (Debian 12): `netplan set tunnels.wg0.peers=[…]` exits with 0 and says nothing. Where the tunnel has one peer nothing is changed, whether the peer given is another or the same one
# with other AllowedIPs. Where it has two the peer is added to them, also one that is there: `netplan generate` then hands networkd two [WireGuardPeer] sections of one key. It never takes the
# place of the list. The file itself is what to write.
set -eu
export LC_ALL=C
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq netplan.io=0.106-2+deb12u1 libnetplan0=0.106-2+deb12u1 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" .; done
LD_LIBRARY_PATH=$(dirname "$(find "$folder" -name 'libnetplan.so*' | head -n 1)")
PYTHONPATH=$folder/usr/share/netplan
export LD_LIBRARY_PATH PYTHONPATH
netplan=$folder/usr/share/netplan/netplan.script
generate=$(find "$folder" -path '*netplan/generate' -type f | head -n 1)
first=xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=
second=TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0=

# a tunnel with the peers $2..., in the root $1
tunnel() {
  mkdir -p "$1/etc/netplan"
  {
    printf 'network:\n  version: 2\n  tunnels:\n    wg0:\n      mode: wireguard\n      key: /etc/wireguard/wg0.key\n'
    printf '      addresses: [10.9.0.1/32]\n      peers:\n'
    root=$1
    shift
    for key in "$@"; do printf '        - {keys: {public: %s}, allowed-ips: [10.5.0.0/16]}\n' "$key"; done
  } >netplan.yaml
  mv netplan.yaml "$root/etc/netplan/10-wg.yaml"
  chmod 600 "$root/etc/netplan/10-wg.yaml"
}

tunnel one $first
for key in $first $second; do
  /usr/bin/python3 "$netplan" set --root-dir one "tunnels.wg0.peers=[{keys: {public: $key}, allowed-ips: [10.6.0.0/16]}]"
  if grep -q 10.6.0.0 one/etc/netplan/*; then exit 1; fi
done
[ "$(grep -c public one/etc/netplan/10-wg.yaml)" = 1 ]
echo 'one peer: exit 0, nothing changed'

tunnel two $first $second
/usr/bin/python3 "$netplan" set --root-dir two "tunnels.wg0.peers=[{keys: {public: $first}, allowed-ips: [10.6.0.0/16]}]"
"$generate" --root-dir two
echo 'two peers:'
grep -A 2 WireGuardPeer two/run/systemd/network/*.netdev
[ "$(grep -c "^PublicKey=$first" two/run/systemd/network/*.netdev)" = 2 ]
[ "$(grep -c '^AllowedIPs=10.6.0.0/16' two/run/systemd/network/*.netdev)" = 1 ]
