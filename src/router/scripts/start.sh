# The head of a transaction, on the stdin of `bash -s` under `sg vyattacfg`: takes edgewg's lock on this router, unpacks the rest
# into a folder of its own in tmpfs, and becomes it. All in functions, called in the last line: a script that was cut short on
# the way does nothing. Set before it: nonce, id, who, since, lock_timeout, and the functions say and payload, which prints the rest.
S=$home/$id

give_up() { printf '%s\n' "$2" | say "$1" 1 -; say end 0; exit 0; }

make_home() {
  mkdir -m 2770 "$home" 2>/dev/null
  [ -d "$home" ] || give_up refused:space "no room for $home"
  is_home || give_up refused:home "$home belongs to somebody else"
}

# The lock is the kernel's and goes with the last process that has descriptor 8 open, however it ends: there is none that is
# left over, and no process id to be mistaken for another's. Whoever lets it go removes the file, so a lock on a file that is no
# longer there counts for nothing.
take_lock() {
  local waited=0
  while :; do
    { exec 8>>"$home/lock"; } 2>/dev/null || give_up refused:space "can't write into $home"
    if flock -n 8; then
      [ "$home/lock" -ef /proc/self/fd/8 ] && return 0
    else
      # one that is held for a person's word is not worth the wait
      [ "$waited" -lt "$lock_timeout" ] && ! grep -qs ', held until ' "$home/holder" || give_up held "$(cat "$home/holder" 2>/dev/null)"
      waited=$((waited + 1))
      sleep 1
    fi
  done
}

# What an earlier apply left whose processes were all killed. The lock is ours, so nobody is at it any more: its own switch is
# started again and ends it, which is to undo it unless it was confirmed. After a restart of the router there is nothing to end.
end_leftover() {
  local run left
  rm -rf "$home"/*.gone
  for run in "$home"/*/run; do
    [ -r "$run" ] || continue
    left=${run%/run}
    if [ "$(cat "$left/boot" 2>/dev/null)" = "$(cat /proc/sys/kernel/random/boot_id)" ] && ! [ -e "$left/result" ]; then
      say leftover 0 "$left.state"
      : >"$left/stop"
      bash "$run" guard </dev/null >/dev/null 2>&1
    fi
    # one that could not be undone stays for the person who has to look
    [ "$(head -n 1 "$left/result" 2>/dev/null)" = failed ] && continue
    rm -rf "$left" "$left.state"
    return 0
  done
  return 1
}

edgewg_start() {
  umask 002
  [ "$(id -gn)" = vyattacfg ] || give_up refused:group 'the primary group is not vyattacfg'
  make_home
  take_lock
  # the switch of a leftover lets the lock go
  while end_leftover; do take_lock; done
  holder
  if ! mkdir -m 0700 "$S" || ! payload >"$S/run"; then
    rm -rf "$S" "$home/lock" "$home/holder"
    give_up refused:space "no room in $home"
  fi
  exec bash "$S/run" transact
}
