#!/bin/sh
# iptables 1.8.9 (nf_tables) and nftables 1.0.6 (Debian 12): rules made with iptables, listed by `nft list ruleset` and loaded again from that list by `nft -f`, as Debian's nftables service
# does at boot, still translate addresses and clamp, but iptables can't read their tables from then on: `iptables-save` prints two comments, no rule, and exits with 0. What keeps its output for
# the next boot keeps nothing.
set -eu
export LC_ALL=C
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq iptables=1.8.9-2 nftables=1.0.6-2+deb12u2 libnftables1=1.0.6-2+deb12u2 libxtables12=1.8.9-2 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" .; done
PATH=$folder/usr/sbin:$folder/sbin:$PATH
LD_LIBRARY_PATH=$(dirname "$(find "$folder" -name 'libnftables.so.1' | head -n 1)")
XTABLES_LIBDIR=$(dirname "$(find "$folder" -name 'libxt_TCPMSS.so' | head -n 1)")
export PATH LD_LIBRARY_PATH XTABLES_LIBDIR
unshare -rn sh -euc '
  iptables-nft -t nat -A POSTROUTING -o wg0 -j MASQUERADE
  iptables-nft -t mangle -A FORWARD -o wg0 -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu
  echo "before: $(iptables-nft-save | grep -c "^-A") rules"
  [ "$(iptables-nft-save | grep -c "^-A")" = 2 ]
  nft list ruleset >rules
  nft flush ruleset
  nft -f rules
  nft list ruleset | grep -q "masquerade"
  nft list ruleset | grep -q "maxseg size set rt mtu"
  iptables-nft-save >saved
  echo "after: exit 0, $(grep -c "^-A" saved || :) rules"
  cat saved
  if grep -q "^-A" saved; then exit 1; fi
  [ "$(grep -c "is incompatible, use .nft. tool" saved)" = 2 ]'
