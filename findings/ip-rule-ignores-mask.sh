#!/bin/sh
# iproute2 6.1.0 (Debian 12): `ip rule show fwmark 0x51` also lists rules for 0x51 with a mask, which match other packets, so it is no proof that the plain rule is there. The other way round, `fwmark 0x51/0xff`
# lists the one with the mask alone.
set -eu
export LC_ALL=C
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq iproute2=6.1.0-3 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" .; done
PATH=$folder/sbin:$folder/bin:$folder/usr/sbin:$folder/usr/bin:$PATH
unshare -rn sh -euc '
  ip rule add priority 5182 fwmark 0x51/0xff lookup 77
  ip rule show fwmark 0x51 | grep "fwmark 0x51/0xff"
  ip rule add priority 5181 fwmark 0x51 lookup 77
  [ "$(ip rule show fwmark 0x51/0xff | wc -l)" = 1 ]
  ip rule show fwmark 0x51/0xff | grep "^5182:"'
