# Putting back, by the transaction itself or by its switch: the inverse commands, and the snapshot when they don't do. Whoever
# has committed something else meanwhile keeps it as long as the inverse commands do.

# what the configuration must show when everything is as before: `has LINE`, `lacks PREFIX`
has() { printf 'has %s\n' "$1"; }
lacks() { printf 'lacks %s\n' "$1"; }
is_restored() {
  local lines
  lines=$(active 2>/dev/null) && [ -n "$lines" ] || return 1
  [ -s "$S/removed" ] && return 1
  [ "$(digest_of "$lines")" = "$expected_digest" ] && return 0
  { expect; echo now; printf '%s\n' "$lines"; } | awk '
    !now && $1 == "has" { must[substr($0, 5)] = 1; next }
    !now && $1 == "lacks" { never[substr($0, 7)] = 1; next }
    !now { now = 1; next }
    { delete must[$0]; line = $0 " "; for (p in never) if (index(line, p " ") == 1) bad = 1 }
    { for (p in must) if (index($0, p " ") == 1) delete must[p] }
    END { for (p in must) bad = 1; exit bad }'
}
# EdgeOS forgets IPv6 addresses when its scripts take a link down and up (docs/edgeos.md 'Running tunnels'): taken out and put in again. What
# is out at the moment stands in the file `removed`, for whoever goes on when this process is killed.
readd_ipv6() { # interface, the address as ip prints it, the address as the configuration has it
  local mark="$1 $3"
  if ! grep -qsxF -- "$mark" "$S/removed"; then
    ip -6 -o addr show dev "$1" 2>/dev/null | grep -qF " $2 " && return 0
    # somebody may have taken it out of the configuration meanwhile
    active 2>/dev/null | grep -qxF -e "set interfaces wireguard $1 address '$3'" || return 0
    [ "$failed" = 0 ] || [ "$quiet" = 1 ] || return 0
    printf '%s\n' "$mark" >>"$S/removed" || return 0
    w delete interfaces wireguard "$1" address "$3" && commit || failed=1
  fi
  if w set interfaces wireguard "$1" address "$3" && commit; then
    grep -vxF -- "$mark" "$S/removed" >"$S/removed.new"
    mv -f "$S/removed.new" "$S/removed"
  else
    failed=1
  fi
  [ "$quiet" = 1 ] || say "ipv6:$1" "$failed" "$S/out"
}
undo_once() { # every commit in reverse order; running it twice does no harm (transcript rollback-by-inverse)
  local n=$commits
  quiet=1
  open_session || return 1
  while [ "$n" -gt 0 ]; do
    "undo_$n"
    commit || cp "$S/out" "$S/undo-said" 2>/dev/null
    w discard
    n=$((n - 1))
  done
  ipv6_old
  is_restored
}
undo() { # again when the router refuses it, for it may not the next time; at last by the snapshot
  local tries=0
  while [ "$tries" -lt 5 ]; do
    stands
    undo_once && { close_session; return 0; }
    tries=$((tries + 1))
    log "undo failed, try $tries: $(words_of "$S/undo-said")"
    rest "$tries"
  done
  note 'falling back to the snapshot: what others committed since the apply began is lost'
  open_session
  if [ -s "$S/before.boot" ]; then w load "$S/before.boot"; else w load "$S/saved.boot"; fi
  commit
  w discard
  ipv6_old
  close_session
  is_restored
}
# somebody saved the unconfirmed configuration, which the hash of config.boot tells: what was put back is saved
saved_as_before() { cmp -s "$boot" "$S/saved.boot" || save; }

remove_new_keys() { # files that this apply made and that nothing refers to
  # a copy whose maker was killed before it was noted: by its name, which is this apply's alone
  find "$auth" "$scripts" -type f -name "*.$id" -exec rm -f {} + 2>/dev/null
  remove_unused "$S/made" "$id" "$boot"
}
remove_unused() { # list of files by inode, id of the apply that made them, and files that may name them
  local lines inode file
  [ -s "$1" ] || return 0
  lines=$(active 2>/dev/null) && [ -n "$lines" ] || return 0
  while read -r inode file; do
    rm -f "$file.$2"
    case $lines in *" $file"*) continue ;; esac
    # somebody else may have been faster in making it
    [ "$(stat -c %i "$file" 2>/dev/null)" = "$inode" ] || continue
    grep -qsF -- "$file" "${@:3}" || rm -f "$file"
  done <"$1"
}
# What a restart left of applies that it met: nobody else is at it, for the lock is ours. A key file that this apply uses stays.
tidy_after_restart() {
  local made gone
  for made in "$draft" "$archive"/applies/*.new; do [ ! -e "$made" ] || rm -f "$made"; done
  for made in "$archive"/made.*; do
    [ -e "$made" ] || continue
    remove_unused "$made" "${made##*/made.}" "$boot" "$S/run"
    rm -f "$made"
  done
  for gone in $interrupted; do id=$gone note 'gone (the router restarted)'; done
}
# the lock goes last, with the process; its file before, so that whoever waits for it makes a new one
unlock() { [ ! "$home/lock" -ef /proc/self/fd/8 ] || rm -f "$home/holder" "$home/lock"; }
# and whoever waits hears that nothing is left
release() {
  local locks=() ears=() pipe ear
  [ ! "$home/lock" -ef /proc/self/fd/8 ] || locks=("$home/holder" "$home/lock")
  { echo over >&7; } 2>/dev/null
  for pipe in "$S/up"*; do [ ! -p "$pipe" ] || { exec {ear}<>"$pipe" && ears+=("$ear"); }; done 2>/dev/null
  mv "$S" "$S.gone"
  rm -rf "$S.gone" "$S.state" "$archive/made.$id" "${locks[@]}"
  for ear in "${ears[@]}"; do echo >&"$ear"; exec {ear}>&-; done 2>/dev/null
}
