# The head of a transaction, the same text in every run, under `sg vyattacfg`: takes edgewg's lock on this router, puts the rest into a
# folder of its own in tmpfs, and becomes it. On stdin a line: nonce, id, lock_timeout, length, since, who; then the rest, of so many
# bytes, then the keys that it reads by itself. A shell that reads its script from a pipe reads it byte by byte.

give_up() { printf '%s\n' "$2" | say "$1" 1 -; say end 0; exit 0; }

make_home() {
  local made=0
  [ -d "$home" ] || { mkdir -m 2770 "$home" 2>/dev/null && made=1; }
  [ -d "$home" ] || give_up refused:space "no room for $home"
  # what this process makes is of its own group
  if is_home && [ -G "$home" ]; then return 0; fi
  [ "$made" = 0 ] || rmdir "$home" 2>/dev/null
  [ "$made" = 1 ] && give_up refused:group 'the primary group is not vyattacfg'
  give_up refused:home "$home belongs to somebody else"
}

# A client that has lost its line and comes back is not told of an apply that nobody is at while this one waits here: it makes the folder of
# that apply (answerCommand in transaction.ts). Who makes it first has decided.
call_off() { rmdir "$S"; give_up outcome:untouched 'called off'; }

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
      [ ! -d "$S" ] || call_off
    fi
  done
}

# What an earlier apply left whose processes were all killed. The lock is ours, so nobody is at it any more: its own switch is
# started again and ends it, which is to undo it unless it was confirmed. After a restart of the router there is nothing to end.
end_leftover() {
  local run left
  for left in "$home"/*.gone; do [ ! -e "$left" ] || rm -rf "$left"; done
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
  local nonce id lock_timeout length since who text S
  LC_ALL=C; export LC_ALL
  umask 002
  read -r nonce id lock_timeout length since who
  S=$home/$id
  text=$(exec head -c "$length")
  # cut short on the way
  [ -n "$length" ] && [ "${#text}" = "$length" ] || return 1
  make_home
  take_lock
  # the switch of a leftover lets the lock go
  while end_leftover; do take_lock; done
  holder
  if mkdir -m 0700 "$S"; then
    printf '%s\n' "$text" >"$S/run" && exec bash "$S/run" transact
    rm -rf "$S"
  fi
  rm -f "$home/lock" "$home/holder"
  [ ! -d "$S" ] || call_off
  give_up refused:space "no room in $home"
}
