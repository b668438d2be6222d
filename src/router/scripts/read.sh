# edgewg reads a router. The same bytes in every run, so that a forced command can allow just this; it changes nothing.
# One line on stdin: the nonce, and `again` when what no apply changes is known already; on stdout one record a line (say.sh).
# No secret leaves the router: literal keys become their public half, other secrets the word `redacted`.
LC_ALL=C; export LC_ALL
PATH=/opt/vyatta/bin:/opt/vyatta/sbin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH
# a line that has gone silent must not leave a process behind
read -r -t 30 nonce extent
case $nonce in '' | *[!0-9a-f]*) echo 'edgewg: no nonce on stdin' >&2; exit 64 ;; esac
case $extent in '' | again) ;; *) echo "edgewg: can't read $extent" >&2; exit 64 ;; esac

record() { # name: runs the function of that name and reports what it printed
  local out code
  out=$("$1" 2>/dev/null </dev/null; echo "x$?")
  code=${out##*x}
  out=${out%x*}
  if [ -z "$out" ]; then say "$1" "$code"; else say "$1" "$code" - < <(printf '%s' "$out"); fi
}

# read once, so that everything said about it is about the same configuration
config() { printf '%s\n' "$active"; }

# the literal keys of lines, in the order of the marks that stand for them
literals_of() {
  local name key
  without_secrets keys | while read -r name key; do
    case $name in
      private-key) printf '%s\n' "$key" | wg pubkey 2>/dev/null || echo unknown ;;
      *) printf 'sha256:'; printf '%s' "$key" | sha256sum | cut -c1-16 ;;
    esac
  done
}
literals() { config | literals_of; }

running() { config | without_secrets mask; return "$active_code"; }
digest() { digest_of "$active"; }
drift() { [ -z "$drift" ] || printf '%s' "$drift" | without_empty_nodes | without_secrets mask; return "$drift_code"; }
saved() { sed -n 's/^    wireguard \(wg[0-9]*\) {$/\1/p' /config/config.boot; }
# from the active configuration to the saved one; mostly nothing, then nobody is asked again
lost() { printf '%s' "$lost" | without_secrets mask; }
lostkeys() { printf '%s' "$lost" | literals_of; }
between() { cli-shell-api showConfig --show-cfg1 "$1" --show-cfg2 "$2" --show-context-diff --show-commands 2>/dev/null </dev/null; }
find_lost() {
  printf '%s\n' "$drift" | grep -qE '^delete (interfaces wireguard|firewall options|protocols bgp)( |$)' || return 0
  between @ACTIVE /config/config.boot | grep -E '^set (interfaces wireguard|firewall options|protocols bgp) '
}
sealed() { config | seal; }
confirm() { pending_confirm; }
# which restart of which router this is, and the applies that wait for their proof: an apply's second connection must find both
boot() { local id; read -r id </proc/sys/kernel/random/boot_id; printf '%s\n' "$id"; }
waiting() { local token; for token in /tmp/edgewg/*/waiting; do [ ! -e "$token" ] || printf '%s\n' "$token"; done; }
savedsum() { sha256sum /config/config.boot | cut -c1-64; }
admin() { id -un; case " $(id -nG) " in *' vyattacfg '*) return 0 ;; esac; return 1; }
version() { cat /etc/version || printf '%s\n' "$shown" | sed -n 's/^Version: *//p'; }
model() { printf '%s\n' "$shown" | sed -n 's/^HW model: *//p'; }
package() { dpkg-query -W -f='${Status} ${Version}\n' wireguard; }
machine() {
  local path deb script
  echo "kernel $(uname -r)"
  echo "board $(ubnt-hal-e getBoardIdE 2>/dev/null || ubnt-hal getBoardIdE)"
  for path in /config /tmp; do df -Pk "$path" | awk -v path="$path" 'NR > 1 { print "disk", path, $2, $4 }'; done
  for deb in /config/data/firstboot/install-packages/*.deb; do [ ! -f "$deb" ] || echo "deb ${deb##*/}"; done
  # what installs the package by itself: at the first boot of an image, at every boot, or from the GUI
  for script in /config/scripts/*.d/* /config/wizard/feature/*/*; do
    ! grep -qsi wireguard "$script" || ! grep -qsE 'dpkg|\.deb' "$script" || echo "installer $script"
  done
}
session() { printf '%s\n' "$SSH_CONNECTION"; }
clock() { date +%s; uptime | sed 's/^ *//'; }
probe() { if cli-shell-api "$@" >/dev/null; then echo yes; else echo no; fi; }
# two halves at once, told in their order
probes() {
  exec 9< <(probes_of_routing)
  probes_of_interfaces
  cat <&9
}
probes_of_interfaces() {
  echo "wireguard $(probe validateTmplPath interfaces wireguard)"
  echo "mss-clamp $(probe validateTmplPath firewall options mss-clamp)"
  echo "mss-clamp-wg $(probe validateTmplValPath firewall options mss-clamp interface-type wg)"
  echo "mss-clamp6-wg $(probe validateTmplValPath firewall options mss-clamp6 interface-type wg)"
  echo "ubnt-discover $(probe validateTmplPath service ubnt-discover interface wg0 disable)"
}
probes_of_routing() {
  echo "route-description $(probe validateTmplPath protocols static interface-route 192.0.2.0/24 next-hop-interface wg0 description)"
  echo "route6-description $(probe validateTmplPath protocols static interface-route6 2001:db8::/64 next-hop-interface wg0 description)"
  echo "interface-route6 $(probe validateTmplPath protocols static interface-route6)"
  echo "route6-blackhole $(probe validateTmplPath protocols static route6 2001:db8::/64 blackhole distance)"
  echo "prefix-list6 $(probe validateTmplPath policy prefix-list6)"
  echo "bgp-prefix-list $(probe validateTmplPath protocols bgp 64512 neighbor 192.0.2.1 prefix-list import)"
  echo "bgp-maximum-paths $(probe validateTmplPath protocols bgp 64512 maximum-paths ebgp)"
}
keys() {
  local file
  find /config/auth -type f -size -2 2>/dev/null | head -n 500 | while read -r file; do
    case $file in *[!0-9A-Za-z_./@+-]*) continue ;; esac
    printf '%s %s %s ' "$file" "$(stat -c '%a %U %G' "$file" | tr ' ' ':')" "$(stat -c %Y "$file")"
    head -n 1 "$file" 2>/dev/null | wg pubkey 2>/dev/null || echo -
  done
}
# columns: interface, public key, port, fwmark; or interface, peer, psk?, endpoint, allowed IPs, handshake, rx, tx, keepalive
tunnels() {
  sudo -n wg show all dump | awk -F '\t' -v OFS='\t' '
    NF == 5 { print $1, $3, $4, $5 }
    NF == 9 { if ($3 != "(none)") $3 = "set"; print }'
}
links() { ip -o link show | awk '{ sub(/:$/, "", $2); sub(/@.*/, "", $2); print $2, $0 }' | sed -n 's/^\(wg[0-9]*\) .* mtu \([0-9]*\) .*/\1 \2/p'; }
addresses() { ip -o addr show | awk '{ print $2, $4 }'; }
routes() { ip -4 route show; ip -6 route show; }
# /tmp is everybody's, and there need not be an edgewg: what another user than an admin has made in its place is not looked at
is_ours() {
  ! [ -L /tmp/edgewg ] && case " $(id -nG "$(stat -c %U /tmp/edgewg 2>/dev/null)" 2>/dev/null) " in *' vyattacfg '*) ;; *) false ;; esac
}
applies() {
  local file run
  ! is_ours || for file in /tmp/edgewg/*.state; do
    { [ -f "$file" ] && [ -r "$file" ]; } || continue
    run=${file%.state}/run
    # a process of its own, or nobody: then the next apply ends it
    if grep -aqs "[/]${run#/}" /proc/[0-9]*/cmdline; then echo "== $file alive"; else echo "== $file dead"; fi
    cat "$file"
  done
  tail -n 40 /config/user-data/edgewg/log 2>/dev/null
  return 0
}
# the table of the sessions, where there may be any
neighbors() {
  case $active in *'set protocols bgp '*) vyatta-op-cmd-wrapper show ip bgp summary ;; esac
}
commits() { vyatta-op-cmd-wrapper show system commit | head -n 10; }

if ! command -v cli-shell-api >/dev/null 2>&1; then say foreign 1; exit 0; fi
records() { local name; for name; do record "$name"; done; }
# An op command takes ten times as long as anything else (transcript interactive/19), and every router has two cores at least: what
# doesn't depend on the rest runs beside it. Each group has a pipe of its own; no record is split.
if [ "$extent" != again ]; then
  exec 3< <(records commits)
  exec 4< <(shown=$(vyatta-op-cmd-wrapper show version 2>/dev/null </dev/null); records version model)
  exec 5< <(records probes package machine applies)
fi
exec 6< <(records keys tunnels links addresses routes)
active=$(cli-shell-api showConfig --show-active-only --show-commands 2>/dev/null)
active_code=$?
[ "$extent" = again ] || exec 7< <(records neighbors sealed confirm)
exec 8< <(records running literals digest)
drift=$(between /config/config.boot @ACTIVE)
drift_code=$?
lost=$(find_lost)
records boot waiting admin drift saved lost lostkeys savedsum session clock
cat /dev/fd/8 /dev/fd/6
[ "$extent" = again ] || cat /dev/fd/7 /dev/fd/5 /dev/fd/4 /dev/fd/3
say end 0
