# The dead-man switch: a process of its own, which outlives the line, the client and the transaction. What is to be done stands in
# the folder, as one token that changes its name: armed (the transaction runs) → waiting (committed, for the client's word) →
# confirmed or firing; armed → disarmed (nothing is left to be undone). A rename is atomic: who renames it first has decided.

arm() {
  local group
  read -r _ _ _ _ group _ </proc/$$/stat
  {
    mkfifo -m 0600 "$S/pipe" && cat /proc/sys/kernel/random/boot_id >"$S/boot" &&
      printf '%s %s\n' "$$" "$group" >"$S/transaction" && saved_sum >"$S/saved-before" &&
      # for the way back, should somebody fill /tmp meanwhile
      head -c 1048576 /dev/zero >"$S/room" && : >"$S/armed"
  } 2>"$S/out" || return 1
  state armed
  setsid bash "$S/run" guard </dev/null >>"$S/switch.log" 2>&1 &
}
is_watched() {
  local tries=0
  until [ -e "$S/watching" ] || [ "$tries" -ge 800 ]; do tries=$((tries + 1)); sleep 0.025; done
  [ -e "$S/watching" ]
}
# starts the one that watches again when it is killed; it finds all that it has to know in the folder
guard() {
  trap '' PIPE HUP INT TERM
  while [ -d "$S" ]; do
    bash "$S/run" watch &
    wait $!
    [ $? -ge 128 ] || return 0
    sleep 1
  done
}
transaction_lives() {
  local pid
  read -r pid _ 2>/dev/null <"$S/transaction" && is_of_this_apply "$pid"
}

watch() {
  trap '' PIPE HUP INT TERM
  nonce=-
  quiet=1
  exec 9<>"$S/pipe"
  : >"$S/watching"
  # an endpoint's name can hold a commit for more than a minute, and a hundred tunnels take their time on a small router
  local left=$window patience_left=3600 pid
  while [ -d "$S" ]; do
    if [ -e "$S/result" ]; then linger; return
    elif [ -e "$S/confirmed" ]; then keep; return
    elif [ -e "$S/firing" ]; then fire 'once more'; return
    elif [ -e "$S/waiting" ]; then
      if [ -e "$S/stop" ]; then fire 'asked to'
      elif [ "$left" -le 0 ]; then fire 'time is up'
      # while the client looks, what it will want to be saved is written beside the saved configuration
      elif [ ! -e "$S/drafted" ]; then draft_beside
      fi
    elif ! transaction_lives; then
      # between the looks it may have ended well
      if [ -e "$S/armed" ] && [ -e "$S/begun" ]; then fire 'the transaction died'
      elif ! [ -e "$S/waiting" ] && ! [ -e "$S/confirmed" ]; then give_way; return
      fi
    elif [ "$patience_left" -le 0 ]; then
      read -r pid _ <"$S/transaction" && kill -KILL "$pid"
    fi
    # a second at a time: a jump of the clock neither fires it nor keeps it
    if ! read -r -t 1 _ <&9; then
      if [ -e "$S/waiting" ]; then left=$((left - 1)); else patience_left=$((patience_left - 1)); fi
    fi
  done
}
# In a process of its own: a save that takes long, or never ends, must not keep the switch from its seconds; and in a group of its
# own, to be ended as a whole. The file `drafted` tells which.
draft_beside() {
  : >"$S/drafted" || return 0
  setsid bash "$S/run" draft </dev/null 8>&- 9>&- &
  printf '%s\n' "$!" >"$S/drafted" || kill -KILL -- "$!" "-$!"
}
# what it has called may outlive it
draft_runs() { is_of_this_apply "$drafting" || { ! [ -e "/proc/$drafting" ] && kill -0 -- "-$drafting"; }; } 2>/dev/null
end_draft() { # seconds that it may still take
  local drafting tries=$(($1 * 20))
  read -r drafting 2>/dev/null <"$S/drafted" || return 0
  while draft_runs && [ "$tries" -gt 0 ]; do tries=$((tries - 1)); sleep 0.05; done
  ! draft_runs || kill -KILL -- "-$drafting"
  end_dead_sessions
}
# The child of a shell that was killed goes on without it: a commit of that kind must not come after what undoes it. Processes
# are known by their groups: the transaction's, and our own for the one that watched before.
orphan_runs() {
  local theirs='' ours stat pid group
  read -r _ theirs 2>/dev/null <"$S/transaction"
  read -r _ _ _ _ ours _ </proc/$$/stat
  for stat in /proc/[0-9]*/stat; do
    read -r pid _ _ _ group _ 2>/dev/null <"$stat" || continue
    case $group in "$theirs" | "$ours") grep -aqs -e /my_commit -e /vyatta- "/proc/$pid/cmdline" && return 0 ;; esac
  done
  return 1
}
take_over() {
  local tries=0
  while orphan_runs && [ "$tries" -lt 900 ]; do tries=$((tries + 1)); sleep 1; done
  end_dead_sessions
  rm -f "$S/room"
  # the lock of a commit of somebody else may be held for long
  patience=300
}
give_way() { # the transaction was killed before its first commit, or while it cleaned up
  take_over
  remove_new_keys
  log 'put-back (the transaction died)'
  release
}
fire() { # why
  local undone
  mv "$S/armed" "$S/firing" 2>/dev/null || mv "$S/waiting" "$S/firing" 2>/dev/null || [ -e "$S/firing" ] || return 0
  state "undoing ($1)"
  log "switch fires: $1"
  take_over
  undo; undone=$?
  end_draft 30
  rm -f "$draft"
  if [ "$undone" != 0 ]; then settle failed "$1"
  elif saved_as_before; then settle undone "$1"
  else settle unsaved "$1"
  fi
}
keep() { # confirmed: save, and compare what was saved with what runs
  local recording code
  state saving
  end_draft 60
  take_over
  write_record &
  recording=$!
  save; code=$?
  wait "$recording"
  if [ "$code" = 0 ]; then settle saved confirmed; return; fi
  log "saving failed: $(words_of "$S/save-said")"
  cp "$S/save-said" "$S/why" 2>/dev/null
  if undo && saved_as_before; then settle undone 'saving failed'; else settle failed 'saving failed'; fi
}
settle() { # result, reason
  [ "$1" = saved ] || remove_new_keys
  [ "$1" != saved ] || keep_record
  log "$1 ($2)"
  state "$1 ($2)"
  { printf '%s\n%s\n' "$1" "$2"; cat "$S/why" 2>/dev/null; } >"$S/result.new"
  mv -f "$S/result.new" "$S/result"
  case $1 in failed | unsaved) reboot_at_last ;; esac
  linger
}
write_record() {
  local after
  mkdir -p "$archive/applies" && after=$(digest_of "$(active)") &&
    record | sed "s/\"digest_after\":null/\"digest_after\":\"$after\"/" >"$archive/applies/$id.new"
} 2>/dev/null
keep_record() { # of the last fifty applies; the names sort by time
  local old
  mv -f "$archive/applies/$id.new" "$archive/applies/$id.json"
  find "$archive/applies" -name '*.json' | sort | head -n -50 | while read -r old; do rm -f "$old"; done
} 2>/dev/null
# the saved configuration is the one from before, or is made it again: nothing of this apply comes up
reboot_at_last() {
  [ "$last_resort" = reboot ] || return 0
  if [ "$(saved_sum)" != "$(cat "$S/saved-before")" ]; then
    { mkdir -p "$archive" && cp "$S/saved.boot" "$draft" && mv -f "$draft" "$boot"; } || { rm -f "$draft"; return 0; }
  fi
  log 'rebooting into the saved configuration'
  sync
  sudo -n /sbin/reboot
}
# the answer stays a moment for the client that asks for it; whoever comes later finds it in the log. A folder that could not be
# restored stays for the person who has to look, and lets the lock go.
linger() {
  local tries=0
  until [ -e "$S/told" ] || [ "$tries" -ge 3 ]; do tries=$((tries + 1)); read -r -t 1 _ <&9; done
  if [ "$(head -n 1 "$S/result")" = failed ]; then unlock; else release; fi
}

# ---- the client's last word, in an exec of its own

# if everybody was killed, the lock is free: the switch is started again
revive() {
  { exec 8>>"$home/lock"; } 2>/dev/null || return 0
  if flock -n 8 && [ -d "$S" ] && [ "$home/lock" -ef /proc/self/fd/8 ]; then
    sg vyattacfg -c "exec setsid bash $S/run guard" </dev/null >>"$S/switch.log" 2>&1 &
  fi
  exec 8>&-
}
answer() { # confirm|undo|wait, seconds: waits for what the switch makes of it
  case $1 in
    confirm) mv "$S/waiting" "$S/confirmed" 2>/dev/null ;;
    undo) : >"$S/stop" ;;
  esac 2>/dev/null
  local left=$(($2 * 50))
  until [ -e "$S/result" ] || [ "$left" -le 0 ] || ! [ -d "$S" ]; do
    # they may all be killed while they are waited for
    [ $((left % 100)) != 0 ] || { wake; revive; }
    left=$((left - 1))
    sleep 0.02
  done
  if [ -e "$S/result" ]; then
    say result 0 "$S/result"
    { : >"$S/told"; } 2>/dev/null
    wake
    # so that nothing of it is left when the client ends
    left=100
    until ! [ -d "$S" ] || [ "$left" -le 0 ]; do left=$((left - 1)); sleep 0.02; done
  elif [ -d "$S" ]; then say result 2
  else say result 3
  fi
  say end 0
}
