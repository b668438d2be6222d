# edgewg reads a router. The same bytes in every run, so that a forced command can allow just this; it changes nothing.
# As arguments, or without any as one line on stdin: the nonce, then words. An sshd takes no input before the command is there, which over
# a long line is a round trip; a forced command gets no arguments.
# `again` (behind read-again.sh only): what no apply changes is known already, and what is saved is not asked; `saved`: it is;
# `kernel-routes`: the routes of all tables; `seal`: the sealed digest too; `keys`: the public half of every key file; a path below
# /config/auth: that file's. On stdout one record, as of say.sh, of all records, each between a line `NONCE NAME` and a line `NONCE CODE`.
# A process costs an EdgeRouter X 5 to 15 ms: what can go straight through is not captured, and what the client can take apart is sent as
# it is.
# No secret leaves the router: literal keys become their public half, other secrets the word `redacted`.
export LC_ALL=C PATH=/opt/vyatta/bin:/opt/vyatta/sbin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# a line that has gone silent must not leave a process behind
nonce=$1 words=${*:2}
[ "$nonce" ] || read -r -t 30 nonce words
case $nonce:$words in :* | *[!0-9a-f]*:* | *:*[!0-9A-Za-z_./@+\ -]*) echo 'no nonce on stdin' >&2; exit 64 ;; esac
wants() { case " $words " in *" $1 "*) ;; *) return 1 ;; esac; }

records() { # names: what the functions of these names print
  local name
  for name; do
    printf '%s %s\n' "$nonce" "$name"
    "$name"
    printf '\n%s %s\n' "$nonce" "$?"
  done
}

# fails when either end of the pipe does
filtered() { # lines, mode
  printf '%s\n' "$1" | without_secrets "$2"
  case "${PIPESTATUS[*]}" in '0 0') ;; *) return 1 ;; esac
}
# the literal keys of lines, in the order of the marks that stand for them; most configurations have none
literals_of() {
  local name key
  case $1 in *"-key '"[!/]* | *"-key "[!/\']*) ;; *) return 0 ;; esac
  while read -r name key; do
    case $name in
      private-key) printf '%s\n' "$key" | wg pubkey || echo unknown ;;
      *) printf 'sha256:'; printf '%s' "$key" | sha256sum | cut -c1-16 ;;
    esac
  done < <(filtered "$1" keys)
}
running() { filtered "$active" mask && return "$active_code"; }
literals() { literals_of "$active"; }
drift() { [ -z "$drift" ] || printf '%s' "$drift" | without_empty_nodes | without_secrets mask; return "$drift_code"; }
savedtunnels() { sed -n 's/^    wireguard \(wg[0-9]*\) {$/\1/p' /config/config.boot; }
# from the active configuration to the saved one; mostly nothing, then nobody is asked again
lost() { [ -z "$lost" ] || filtered "$lost" mask; }
lostkeys() { literals_of "$lost"; }
between() { cli-shell-api showConfig --show-cfg1 "$1" --show-cfg2 "$2" --show-context-diff --show-commands; }
find_lost() {
  case $drift in *'delete interfaces wireguard'* | *'delete firewall options'* | *'delete protocols bgp'*) ;; *) return ;; esac
  lost=$(between @ACTIVE /config/config.boot | grep -E '^set (interfaces wireguard|firewall options|protocols bgp) ')
}
sealed() { local sealed; ! wants seal || { seal "$active" && printf '%s\n' "$sealed"; }; }
confirm() { pending_confirm; }
# which restart of which router this is
boot() { local id; read -r id </proc/sys/kernel/random/boot_id; printf '%s\n' "$id"; }
# of config.boot, and of the helper scripts that an apply has put on the router; one that can't be run counts as none
savedsum() {
  local file
  sha256sum /config/config.boot /config/scripts/edgewg-resolve-wg*
  for file in /config/scripts/edgewg-resolve-wg*; do [ -x "$file" ] || echo "- $file"; done
}
admin() {
  local said name
  said=$(exec id)
  name=${said#*(}
  printf '%s\n' "${name%%)*}"
  case $said in *'(vyattacfg)'*) return 0 ;; esac
  return 1
}
version() { local text; read -r text </etc/version && printf '%s\n' "$text"; }
shown() { printf '%s\n' "${shown[@]}"; }
package() { dpkg-query -W -f='${Status} ${Version}\n' wireguard; }
machine() {
  local program script scripts=() found=()
  echo "kernel $(exec uname -r)"
  for program in ubnt-hal-e ubnt-hal; do
    ! command -v "$program" >/dev/null || { echo "board $(exec "$program" getBoardIdE)" && break; }
  done
  df -Pk /config /tmp
  for script in /config/data/firstboot/install-packages/*.deb; do [ ! -f "$script" ] || echo "deb ${script##*/}"; done
  # what installs the package by itself: at the first boot of an image, at every boot, or from the GUI
  for script in /config/scripts/*.d/* /config/wizard/feature/*/*; do [ ! -f "$script" ] || scripts+=("$script"); done
  [ "${#scripts[@]}" != 0 ] || return 0
  while read -r script; do found+=("$script"); done < <(exec grep -lsi wireguard -- "${scripts[@]}")
  [ "${#found[@]}" = 0 ] || while read -r script; do echo "installer $script"; done < <(exec grep -lsE 'dpkg|\.deb' -- "${found[@]}")
}
session() { printf '%s\n' "$SSH_CONNECTION"; }
clock() { local up; date +%s; read -r up </proc/uptime; printf '%s\n' "$up"; }
# whether the firmware has these nodes, in their order (vyatta/probed-nodes.ts, put in here when the script is sent)
probes() { local words; for words in @probes@; do cli-shell-api validateTmpl$words >/dev/null; echo "$?"; done; }
# columns: interface, public key, port, fwmark; or interface, peer, psk?, endpoint, allowed IPs, handshake, rx, tx, keepalive. The kernel
# tells the public half of each private key that it has: nobody need make that of a key file again.
tunnels() {
  local line IFS=$'\n'
  for line in $dump; do
    IFS=$'\t'
    set -- $line
    case $# in
      5) known[$2]=$3; printf '%s\t%s\t%s\t%s\n' "$1" "$3" "$4" "$5" ;;
      9) [ "$3" = '(none)' ] || set -- "$1" "$2" set "${@:4}"; echo "$*" ;;
    esac
  done
}
# of a file that neither the configuration nor this run names, the public half is left out
keys() {
  local file mode changed key named=- count=0
  while read -r mode changed file && [ "$((count += 1))" -le 500 ]; do
    printf '%s %s %s ' "$file" "$mode" "$changed"
    read -r -d '' key <"$file"
    [ "${#key}" != 44 ] || [ -z "${known[$key]-}" ] || { echo "${known[$key]}"; continue; }
    wants keys || wants "$file" || {
      [ "$named" != - ] || named=$'\n'$(exec grep -oE '/config/auth/[0-9A-Za-z_./@+-]+' < <(printf '%s\n' "$active"))$'\n'
      case $named in *$'\n'"$file"$'\n'*) ;; *) echo '?'; continue ;; esac
    }
    wg pubkey <"$file" || echo -
  done < <(exec find /config/auth -type f -size -2 ! -path '*[!0-9A-Za-z_./@+-]*' -exec stat -c '%a:%U:%G %Y %n' {} +)
}
addresses() { ip addr show; }
routes() { local all=''; ! wants kernel-routes || all='table all'; ip -4 route show $all && ip -6 route show $all; }
# /tmp is everybody's, and there need not be an edgewg: what another user than an admin has made in its place is not looked at
is_ours() { ! [ -L /tmp/edgewg ] && case " $(id -nG "$(stat -c %U /tmp/edgewg)") " in *' vyattacfg '*) ;; *) false ;; esac; }
applies() {
  local file is lines
  for file in /tmp/edgewg/*.state; do
    { [ -f "$file" ] && [ -r "$file" ] && is_ours; } || continue
    is=${file#/}
    # a process of its own, or nobody: then the next apply ends it
    if grep -aqs "[/]${is%.state}/run" /proc/[0-9]*/cmdline; then is=alive; else is=dead; fi
    echo "== $file $is"
    cat "$file"
  done
  mapfile -t lines </config/user-data/edgewg/log && printf '%s\n' "${lines[@]:${#lines[@]} > 40 ? ${#lines[@]} - 40 : 0}"
  return 0
}
# the table of the sessions, where there may be any
neighbors() {
  case $active in *'set protocols bgp '*) vyatta-op-cmd-wrapper show ip bgp summary ;; esac
}
# the router's own time for all of this, whatever the line is like
took() { local now; read -r now _ </proc/uptime && printf '%s %s\n' "$began" "$now"; }
commits() { local lines; mapfile -t -n 10 lines <&3; printf '%s\n' "${lines[@]}"; }

# An op command takes ten times as long as anything else (transcript interactive/19), and every router has two cores at least: what
# doesn't depend on the rest runs beside it, each with a pipe of its own; no record is split.
reading() {
  local shown=() active active_code drift drift_code lost='' dump began
  local -A known=()
  exec 2>/dev/null </dev/null
  set -f
  read -r began _ </proc/uptime
  wants again || exec 3< <(exec vyatta-op-cmd-wrapper show system commit) 4< <(exec vyatta-op-cmd-wrapper show version) \
    5< <(set +f; records probes package machine)
  ! wants saved || exec 6< <(between /config/config.boot @ACTIVE; printf 'x%s' "$?")
  active=$(exec cli-shell-api showConfig --show-active-only --show-commands)
  active_code=$?
  dump=$(exec sudo -n wg show all dump)
  records tunnels keys addresses routes running literals
  set +f
  records boot admin session clock savedsum
  if wants saved; then
    IFS= read -r -d '' drift <&6
    drift_code=${drift##*x}
    drift=${drift%x*}
    find_lost
    records drift savedtunnels lost lostkeys
  fi
  if wants again; then again; else
    mapfile -t shown <&4
    records neighbors sealed confirm applies commits version shown
    cat <&5
    records took
  fi
  printf '%s end\n\n%s 0\n' "$nonce" "$nonce"
}
command -v cli-shell-api >/dev/null || { printf '%s foreign 1 -\n' "$nonce"; exit; }
printf '%s records 0 ' "$nonce"
exec base64 -w0 < <(reading)
