#!/bin/sh
# frr and frr-pythontools 8.4.4 (Debian 12): bgpd writes `neighbor A ebgp-multihop` down as `ebgp-multihop 255`, and frr-reload.py, which compares lines, takes that for a change at every run: it deletes
# the one, sets the other, and the neighbour's session, which was established, is dropped each time. With `ebgp-multihop 255` in the file a reload changes nothing. Needs
# root for its own namespaces.
set -eu
export LC_ALL=C
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq frr=8.4.4-1.1~deb12u2 frr-pythontools=8.4.4-1.1~deb12u2 libyang2 libjson-c5 libcap2 libpam0g libpcre2-8-0 libreadline8 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" .; done
cat >inside <<'END'
set -eu
libraries=$(find "$1" -name '*.so.*' -exec dirname {} + | sort -u | tr '\n' ':')
export LD_LIBRARY_PATH="$libraries"
bgpd=$1/usr/lib/frr/bgpd vtysh=$1/usr/bin/vtysh
mount -t tmpfs none /var/run 2>/dev/null || mount -t tmpfs none /run
mkdir -p near far etc /var/run/frr
# the daemons want whom they run as to be in a group, here alone
{ grep -v '^frrvty:' /etc/group || :; echo 'frrvty:x:64999:root'; } >group
mount --bind group /etc/group
touch etc/vtysh.conf
ip link set lo up
# $1: the name of a side, $2: its address
start() { $bgpd -d -Z -n -u root -g root -l "$2" -i "$PWD/$1/pid" -z "$PWD/$1/zserv" --vty_socket "$PWD/$1" -P 0 >/dev/null 2>&1; }
start near 127.0.0.1
start far 127.0.0.2
say() { $vtysh --vty_socket "$PWD/near" --config_dir "$PWD/etc" -c "$1"; }
configure() { $vtysh --vty_socket "$PWD/$1" --config_dir "$PWD/etc" -f "$2"; }
cat >etc/frr.conf <<'F'
router bgp 64512
 bgp router-id 127.0.0.1
 no bgp ebgp-requires-policy
 neighbor 127.0.0.2 remote-as 64513
 neighbor 127.0.0.2 ebgp-multihop
 neighbor 127.0.0.2 timers connect 1
F
sed 's/64513/0/; s/64512/64513/; s/remote-as 0/remote-as 64512/; s/router-id 127.0.0.1/router-id 127.0.0.2/; s/neighbor 127.0.0.2/neighbor 127.0.0.1/' etc/frr.conf >far.conf
configure near etc/frr.conf
configure far far.conf
# whether the session is established
is_up() { say 'show bgp neighbors json' | grep -q '"bgpState":"Established"'; }
wait_for_it() {
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
    if is_up; then return; fi
    sleep 1
  done
  say 'show bgp summary' >&2
  exit 1
}
drops() { say 'show bgp neighbors json' | sed -n 's/.*"connectionsDropped":\([0-9]*\).*/\1/p'; }
reload() {
  PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$1/usr/lib/frr/frr-reload.py" --reload --stdout --bindir "$1/usr/bin" \
    --confdir "$PWD/etc" --rundir "$PWD/near" --vty_socket "$PWD/near" "$2" >told 2>&1 || { cat told; exit 1; }
}
wait_for_it
# what bgpd says it has, so that the one line makes the difference
say 'show running-config' | sed '1,/^!/d' >written.conf
grep -q 'ebgp-multihop 255' written.conf
sed 's/ebgp-multihop 255/ebgp-multihop/' written.conf >short.conf

begun=$(drops)
reload "$1" written.conf
[ "$(drops)" = "$begun" ]
echo "ebgp-multihop 255: $begun sessions dropped before, $(drops) after a reload"
for time in 1 2; do
  before=$(drops)
  reload "$1" short.conf
  sleep 1
  [ "$(drops)" = $((before + 1)) ]
  echo "ebgp-multihop: $before sessions dropped before, $(drops) after reload $time"
  wait_for_it
done

END
unshare -nmpf --kill-child sh inside "$folder"
