# What an apply has in its folder in tmpfs, and what it does when somebody empties /tmp. Open from the beginning, so that it lives as long as
# one of its processes: 3 this script, 4 the saved configuration from before, 5 the key files that were made, 6 what was running
# before, 7 a file that holds a word once the apply is over, so that whoever finds the folder gone knows whether it was meant to go.

hold() {
  : >>"$S/saved.boot" && : >>"$S/made" && : >>"$S/before.boot" && : >>"$S/over" || return 1
  exec 3<"$S/run" 4<"$S/saved.boot" 5<"$S/made" 6<"$S/before.boot" 7<>"$S/over"
} 2>/dev/null
is_over() { [ -s /dev/fd/7 ]; }

# before whatever needs the folder: a look that costs nothing
stands() { [ -e "$S/run" ] || is_over || put_down; }
put_down() {
  note 'the folder of this apply was taken away: put down again'
  [ -d "$home" ] || mkdir -m 2770 "$home"
  # what somebody else has put there meanwhile isn't used
  is_home || { S=$(mktemp -d /tmp/edgewg-left.XXXXXX); out=$S/out; }
  # first the lock and who guards: an answer that misses both would start a second switch beside this one (revive)
  keep_lock
  mkdir -m 0700 "$S"
  [ -z "$guarding" ] || printf '%s\n' "$guarding" >"$S/guard"
  [ -e "$S/run" ] || cat /dev/fd/3 >"$S/run"
  [ -e "$S/saved.boot" ] || cat /dev/fd/4 >"$S/saved.boot"
  [ -e "$S/made" ] || cat /dev/fd/5 >"$S/made"
  [ -e "$S/before.boot" ] || cat /dev/fd/6 >"$S/before.boot"
  boot_id >"$S/boot"
  printf '%s\n' "$transaction" >"$S/transaction"
  : >"$S/begun"
  # nobody knows any more which are open
  : >"$S/session.${transaction%% *}"
  [ -z "$drafting" ] || : >"$S/session.$drafting"
  # those of them that are there stay
  mkfifo -m 0600 "$S/pipe" "$S/up" "$S/still"
  [ -p "$S/pipe" ] && [ -e /proc/self/fd/9 ] && exec 9<>"$S/pipe"
  hold
  keep_lock
} 2>/dev/null
# the lock's file went with the rest: a new one, unless another apply was faster
keep_lock() {
  local new
  [ ! "$home/lock" -ef /proc/self/fd/8 ] || return 0
  exec {new}>>"$home/lock" || return 0
  if flock -n "$new"; then exec 8>&"$new"; fi
  exec {new}>&-
} 2>/dev/null
