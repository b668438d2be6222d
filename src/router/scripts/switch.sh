# The dead-man switch: a process of its own, which outlives the line, the client and the transaction. What is to be done stands in
# the folder, as one token that changes its name: armed (the transaction runs) → waiting (committed, for the client's word) →
# confirmed or firing; armed → disarmed (nothing is left to be undone). A rename is atomic: who renames it first has decided.

# process and process group of the transaction, for those that it starts
transaction=${transaction-}
# the process that starts the one that watches again
guarding=${guarding-}
# the process that writes the draft
drafting=
# of what was saved: its digest, and what the client is told of it
digest=
evidence=

arm() {
  local group
  read -r _ _ _ _ group _ </proc/$$/stat
  export transaction="$$ $group"
  {
    mkfifo -m 0600 "$S/pipe" "$S/up" "$S/still" && boot_id >"$S/boot" && printf '%s\n' "$transaction" >"$S/transaction" && hold &&
      # for the way back, should somebody fill /tmp meanwhile
      printf '%1048576s' '' >"$S/room" && : >"$S/armed"
  } 2>"$S/out" || return 1
  state armed
  setsid bash "$S/run" guard </dev/null >>"$S/switch.log" 2>&1 &
}
is_watched() {
  local ear
  { exec {ear}<>"$S/up"; } 2>/dev/null || return
  [ -e "$S/watching" ] || read -r -t 20 _ <&"$ear"
  exec {ear}<&-
  read -r guarding 2>/dev/null <"$S/guard"
  [ -e "$S/watching" ]
}
# starts the one that watches again when it is killed; it finds all that it has to know in the folder
guard() {
  trap '' PIPE HUP INT TERM
  # one that was started again by a client, or by a later apply, has inherited nothing
  [ -e /proc/self/fd/7 ] || { read -r transaction <"$S/transaction"; export transaction; hold; }
  export guarding=$$
  printf '%s\n' "$guarding" >"$S/guard"
  until is_over; do
    stands
    bash "$S/run" watch &
    wait $!
    [ $? -ge 128 ] || return 0
    sleep 1
  done
}

# Sets `phase`; fails when there is no token: somebody has emptied /tmp. They are looked for in the order in which they come, so that
# none is missed that is renamed meanwhile.
find_token() {
  local name
  for name in armed waiting confirmed firing disarmed; do
    [ ! -e "$S/$name" ] || { phase=$name; return 0; }
  done
  return 1
}
watch() {
  # an endpoint's name can hold a commit for more than a minute, and a hundred tunnels take their time on a small router
  local phase=armed patience_left=3600 pid=${transaction%% *}
  trap '' PIPE HUP INT TERM
  nonce=-
  quiet=1
  exec 9<>"$S/pipe"
  : >"$S/watching"
  wake up
  until is_over; do
    keep_lock
    [ ! -e "$S/result" ] || { linger "$(head -n 1 "$S/result")"; return; }
    find_token || is_over || lost_token || return
    case $phase in
      confirmed) keep; return ;;
      firing) fire 'once more'; return ;;
      waiting)
        find_window
        [ ! -e "$S/wanted" ] || move_window
        if [ -e "$S/stop" ]; then fire 'asked to'
        elif is_late; then fire 'time is up'
        # while the client looks, what it will want to be saved is written beside the saved configuration
        elif [ ! -e "$S/drafted" ]; then draft_beside
        fi ;;
      *)
        if ! is_of_this_apply "$pid"; then end_of_transaction || return
        elif [ "$patience_left" -le 0 ]; then kill -KILL "$pid"
        fi ;;
    esac
    read -r -t 1 _ <&9 || [ -e "$S/baking" ] || patience_left=$((patience_left - 1))
  done
  # one that was taken in place of a file that was gone
  unlock
}
# a transaction that lives stops by itself and puts back what it has done; nobody can confirm any more
lost_token() {
  [ "$phase" != armed ] || ! is_of_this_apply "$pid" || return 0
  # between the looks it may have ended well
  ! is_over || return
  stands
  : >"$S/firing"
  fire 'its folder was taken away'
  return 1
}
end_of_transaction() {
  # between the looks it may have ended well
  find_token || return 0
  case $phase in
    armed | disarmed) if [ "$phase" = armed ] && [ -e "$S/begun" ]; then fire 'the transaction died'; else give_way; fi; return 1 ;;
  esac
}
# In a process of its own: a save that takes long, or never ends, must not keep the switch from its seconds; and in a group of its
# own, to be ended as a whole. The file `drafted` tells which.
draft_beside() {
  : >"$S/drafted" || return 0
  setsid bash "$S/run" draft </dev/null 8>&- 9>&- &
  drafting=$!
  printf '%s\n' "$drafting" >"$S/drafted" || kill -KILL -- "$drafting" "-$drafting"
}
# what it has called may outlive it
draft_runs() { is_of_this_apply "$drafting" || { ! [ -e "/proc/$drafting" ] && kill -0 -- "-$drafting"; }; } 2>/dev/null
end_draft() { # seconds that it may still take
  local tries=$(($1 * 20))
  # the one that watched before may have started it
  [ -n "$drafting" ] || read -r drafting 2>/dev/null <"$S/drafted" || return 0
  while draft_runs && [ "$tries" -gt 0 ]; do tries=$((tries - 1)); rest 0.05; done
  ! draft_runs || kill -KILL -- "-$drafting"
  end_dead_sessions
}
# The child of a shell that was killed goes on without it: a commit of that kind must not come after what undoes it. Processes
# are known by their groups: the transaction's, and our own for the one that watched before.
orphan_runs() {
  local theirs=${transaction##* } ours stat pid group word
  read -r _ _ _ _ ours _ </proc/$$/stat
  for stat in /proc/[0-9]*/stat; do
    read -r pid _ _ _ group _ 2>/dev/null <"$stat" || continue
    case $group in "$theirs" | "$ours") ;; *) continue ;; esac
    while IFS= read -r -d '' word; do case $word in */my_commit* | */vyatta-*) return 0 ;; esac; done <"/proc/$pid/cmdline"
  done
  return 1
} 2>/dev/null
take_over() {
  local tries=0
  while orphan_runs && [ "$tries" -lt 900 ]; do tries=$((tries + 1)); rest 1; done
  end_dead_sessions
  # its room, not its name
  { : >"$S/room"; } 2>/dev/null
  # the lock of a commit of somebody else may be held for long
  patience=300
}
give_way() { # the transaction was killed before its first commit, or while it cleaned up
  take_over
  remove_new_keys
  note 'put-back (the transaction died)'
  release
}
fire() { # why
  local undone
  mv "$S/armed" "$S/firing" 2>/dev/null || mv "$S/waiting" "$S/firing" 2>/dev/null || [ -e "$S/firing" ] || return 0
  state "undoing ($1)"
  note "switch fires: $1"
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
  local summing code
  state saving
  end_draft 60
  take_over
  # beside the rest
  begin_digest
  if pending_confirm >/dev/null; then
    echo "somebody's commit-confirm is pending: the router would go back to what it makes of the saved configuration" >"$S/save-said"
    code=1
  else
    save; code=$?
  fi
  if [ "$code" = 0 ]; then
    # what was proven is no longer all that was saved
    [ "$rewritten" = 0 ] || { exec {summing}<&-; begin_digest; }
    end_digest && write_record
    settle saved confirmed
    return
  fi
  exec {summing}<&-
  log "saving failed: $(words_of "$S/save-said")"
  cp "$S/save-said" "$S/why" 2>/dev/null
  if undo && saved_as_before; then settle undone 'saving failed'; else settle failed 'saving failed'; fi
}
settle() { # result, reason
  stands
  [ "$1" = saved ] || remove_new_keys
  [ "$1" != saved ] || { remove_helpers; keep_record; }
  note "$1 ($2)"
  state "$1 ($2)"
  { printf '%s\n%s\n%s' "$1" "$2" "$evidence"; [ ! -e "$S/why" ] || cat "$S/why"; } >"$S/result.new"
  mv -f "$S/result.new" "$S/result"
  wake up
  case $1 in failed | unsaved) reboot_at_last ;; esac
  linger "$1"
}
# the saved configuration is the one from before, or is made it again: nothing of this apply comes up
reboot_at_last() {
  [ "$last_resort" = reboot ] || return 0
  if ! cmp -s "$boot" "$S/saved.boot"; then
    { mkdir -p "$archive" && cp "$S/saved.boot" "$draft" && mv -f "$draft" "$boot"; } || { rm -f "$draft"; return 0; }
  fi
  note 'rebooting into the saved configuration'
  sync
  sudo -n /sbin/reboot
}
# the answer stays a moment for the client that asks for it; whoever comes later finds it in the log. A folder that could not be
# restored stays for the person who has to look, and lets the lock go.
linger() { # result
  local tries=0
  until [ -e "$S/told" ] || [ "$tries" -ge 3 ]; do tries=$((tries + 1)); read -r -t 1 _ <&9; done
  if [ "$1" = failed ]; then { echo over >&7; } 2>/dev/null; unlock; wake up; else release; fi
}
