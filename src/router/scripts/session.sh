# The ground that a transaction and its dead-man switch stand on: what they say and read, and one session of the configuration
# system. Both run as one bash under `sg vyattacfg`, so that all calls of the configuration wrapper have one parent: the session
# is the parent's process id (docs/edgeos.md 'Sessions'). Therefore no wrapper call may stand in a pipe, in $( ), or in ( ) but as its exec.
#
# What one apply puts in front of these files: nonce, id, who, since, expected_digest, saved_before, interrupted,
# window, patience, last_resort, allow_drift,
# commits=N, canary=K (0: none); the functions run_1 … run_N, undo_1 … undo_N, expect, key_steps, old_helpers, ipv6_new, ipv6_old, record, and those of
# key-files.sh and helper-files.sh. S is its folder in
# tmpfs, 0700; the umask is that of a configuration session, since the files of the active configuration must stay readable to
# the others. Descriptor 8 is edgewg's lock, 9 the pipe that wakes the switch, 3 to 7 what belongs.sh holds open: what might go on as a
# daemon must not inherit them.
LC_ALL=C; export LC_ALL
PATH=/opt/vyatta/bin:/opt/vyatta/sbin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH
# templates run scripts by these names: of EdgeOS 3 it is told that a commit fails without (docs/edgeos.md 'EdgeOS 3')
export vyatta_sysconfdir=/opt/vyatta/etc vyatta_sbindir=/opt/vyatta/sbin
W=/opt/vyatta/sbin/vyatta-cfg-cmd-wrapper
unset CMD_WRAPPER_SESSION_ID
umask 002
S=$home/$id
# what the last call printed; of this process alone
out=$S/out
archive=/config/user-data/edgewg
boot=/config/config.boot
auth=/config/auth
# what is to be saved, on its way; on the same file system as config.boot
draft=$archive/config.boot.new
# 1: an undo, which says nothing and does all that it can
quiet=0
# asked to stop; the number of the last change; 1 when something went wrong
stop=
step=0
failed=0
# 1 while this process has a session open, whatever happens to its mark, which is an empty file; one with a word in it is of a session that
# was ended: a word needs room, and where there is none nothing is taken for ended
session=0
# what of a session's environment my_set and my_delete need, once it was asked for
session_env=
# 1 when something else was saved than what was running at the proof
rewritten=0

# ---- what they say

words_of() { cut -c1-200 "$1" 2>/dev/null | head -n 5 | tr '\n' ' '; }
# in prose, what stands in the path of a failed commit, `[ PATH ]`
path_rule='
  mode == "text" {
    if (match($0, /\[ [a-z].* \]/))
      $0 = substr($0, 1, RSTART + 1) substr(look("in " substr($0, RSTART + 2, RLENGTH - 4)), 4) substr($0, RSTART + RLENGTH - 2)
    print; next
  }
'
# a failed commit prints the value that it failed at, keys and passwords too (docs/edgeos.md 'Commits')
hidden() { awk -v mode=text -v q="'" "$path_rule$secret_filter" | sed -E 's/((passphrase|password|secret|community|connection|psk) +).*/\1[secret]/; s/(key +)[^ /][^ ]*/\1[secret]/g; s#[0-9A-Za-z+/]{43}=#[key]#g'; }
note() { # words of edgewg's own
  local lines
  [ -d "$archive" ] || mkdir -p "$archive/applies"
  printf '%s %s %s\n' "$(exec date -u +%Y-%m-%dT%H:%M:%SZ)" "$id" "$*" >>"$archive/log"
  mapfile -t lines <"$archive/log"
  [ "${#lines[@]}" -le 600 ] || { printf '%s\n' "${lines[@]: -200}" >"$archive/log.new" && mv -f "$archive/log.new" "$archive/log"; }
} 2>/dev/null
log() { note "$(printf '%s\n' "$*" | hidden)"; } 2>/dev/null
# Whole or not at all: somebody may read it at any moment. Below what it was before; of an apply that is held, with what else must be known.
state() {
  if [ -s "$home/$id.state" ] && ! [ -e "$S/held" ]; then printf 'state %s\n' "$*" >>"$home/$id.state"
  else
    { printf 'id %s\nwho %s\nsince %s\nstate %s\n' "$id" "$who" "$since" "$*"; [ ! -e "$S/held" ] || told_of_hold; } >"$home/$id.new" && mv -f "$home/$id.new" "$home/$id.state"
  fi
} 2>/dev/null
# wakes who reads a pipe of the folder: `pipe` the switch, `up` whoever waits for the switch; opened for both ways, so that it never waits
# for a reader. Every reader has a pipe of its own (`up` the transaction, `up.PID` an answer): of two that wait at one pipe, a shell that
# was told of a line that the other takes waits beyond its time limit.
wake() { local pipe; for pipe in "$S/$1"*; do [ ! -p "$pipe" ] || echo 1<>"$pipe"; done; } 2>/dev/null
# without a process: nobody writes into this pipe
rest() { # seconds
  if [ -p "$S/still" ]; then read -r -t "$1" _ <>"$S/still"; else sleep "$1"; fi
  return 0
} 2>/dev/null
boot_id() { local text; read -r text </proc/sys/kernel/random/boot_id && printf '%s\n' "$text"; }

# ---- what they read, without a file in between: /tmp may be full

# Standard input holds the keys that are to be written: nothing else may read it. Becomes the program: only in $( ) or <( ).
active() { exec cli-shell-api showConfig --show-active-only --show-commands </dev/null; }
differences() { exec cli-shell-api showConfig --show-cfg1 "$1" --show-cfg2 @ACTIVE --show-context-diff --show-commands </dev/null; }
# from a saved configuration to the active one, as far as it means something; fails when the file can't be read
drift_from() {
  local lines
  lines=$(differences "$1") || return
  [ -z "$lines" ] || printf '%s\n' "$lines" | without_empty_nodes
}
# a save that ran out of room in /tmp prints Done, and leaves a part of a file
is_whole() { grep -qs ' === vyatta-config-version:' "$1"; }
is_running() {
  local lines
  lines=$(differences "$1" 2>&1) || return
  [ -z "$lines" ] || [ -z "$(printf '%s\n' "$lines" | without_empty_nodes)" ]
}
agrees() { is_whole "$1" && is_running "$1"; }

# ---- one session

w() { stands; "$W" "$@" >"$out" 2>&1 </dev/null 3<&- 4<&- 5<&- 6<&- 7>&- 8>&- 9>&-; }
# a session of the same process id may be left over, uncommitted changes and all (transcript interactive/20)
open_session() { begin_session && w discard; }
# does for a save, which writes the active configuration
begin_session() {
  stands
  : >"$S/session.$$"
  w begin && { session=1; return 0; }
  # of one that was refused there may be a part
  out=/dev/null w end
  echo ended >"$S/session.$$"
  return 1
}
# One change. The wrapper asks for the session's environment and runs the same program, each time: 18.7 ms a line in place of 12
# (transcript interactive/19). The session is this process's in both; commits are the wrapper's (docs/edgeos.md 'Sessions').
edit() {
  stands
  [ -n "$session_env" ] || session_env=$(exec cli-shell-api getSessionEnv "$$" </dev/null)
  in_session "$@"
}
in_session() (
  eval "$session_env"
  exec "/opt/vyatta/sbin/my_$1" "${@:2}" >"$out" 2>&1 </dev/null 3<&- 4<&- 5<&- 6<&- 7>&- 8>&- 9>&-
)
# again when it is refused: nobody else ends it. The mark stays where it can't be ended, for whoever goes on.
close_session() { # [process id]
  local pause
  for pause in 0 0.5 1 2; do
    [ "$pause" = 0 ] || rest "$pause"
    w end && { { echo ended >"$S/session.${1-$$}"; } 2>/dev/null; [ -n "${1-}" ] || session=0; return 0; }
  done
  log "a session can't be ended: $(words_of "$out")"
}
# of processes of ours that are gone
end_dead_sessions() {
  local mark dead
  for mark in "$S"/session.*; do
    dead=${mark##*.}
    [ -e "$mark" ] && ! [ -s "$mark" ] && ! is_of_this_apply "$dead" || continue
    CMD_WRAPPER_SESSION_ID=$dead w discard
    CMD_WRAPPER_SESSION_ID=$dead close_session "$dead"
  done
}
# the words of a process, which end in NUL
is_of_this_apply() { # process id
  local word
  while IFS= read -r -d '' word; do [ "$word" != "$home/$id/run" ] || return 0; done 2>/dev/null <"/proc/$1/cmdline"
  return 1
} 2>/dev/null
op() { # set|delete WORD...: in a transaction the first refusal is the last command; an undo does all that it can
  local code
  if [ "$quiet" = 0 ]; then
    [ "$failed" = 0 ] && [ -z "$stop" ] && ! [ -e "$S/stop" ] || return 0
    step=$((step + 1))
  fi
  edit "$@"; code=$?
  if [ "$code" != 0 ]; then
    failed=1
    if [ "$quiet" = 0 ]; then say "refused:$step" "$code" "$out"; else cp "$out" "$S/undo-said" 2>/dev/null; fi
  elif [ "$quiet" = 0 ]; then say "step:$step" 0
  fi
}
# deletes a node only when nothing is left below it
prune() {
  [ "$quiet" = 1 ] || [ "$failed" = 0 ] || return 0
  w show "$@"
  # nothing printed because /tmp is full isn't nothing there
  echo shown >>"$out"
  grep -qx shown "$out" && ! grep -qv -e '^-' -e '^Configuration under specified path is empty' -e '^ *$' -e '^shown$' "$out" && w delete "$@"
  return 0
}
# A commit that is killed half way leaves the kernel and the configuration at odds (transcript interactive/11), so it doesn't
# hear the signals of a hang-up or a shutdown. It waits for the lock of another commit, at most $patience seconds.
commit() {
  local code waited=0
  stands
  while :; do
    (
      trap '' HUP TERM INT
      export COMMIT_COMMENT="edgewg $id" COMMIT_VIA=edgewg
      exec "$W" commit >"$out" 2>&1 </dev/null 3<&- 4<&- 5<&- 6<&- 7>&- 8>&- 9>&-
    )
    code=$?
    [ "$code" != 0 ] && grep -q 'temporarily locked due to another commit' "$out" && [ "$waited" -lt "$patience" ] || return "$code"
    [ "$waited" != 0 ] || [ "$quiet" = 1 ] || say waiting 0
    waited=$((waited + 1))
    sleep 1
  done
}
write_draft() {
  local code
  [ -d "$archive" ] || mkdir -p "$archive"
  [ ! -e "$draft" ] || rm -f "$draft"
  if begin_session; then out=$S/save-said w save "$draft"; code=$?
  else
    code=1
    cp "$out" "$S/save-said" 2>/dev/null
  fi
  [ "$session" = 0 ] || close_session
  return "$code"
}
# the file that was made, or one of somebody else's that is whole; and it is what is running
is_saved() { # descriptor
  [ "$boot" -ef "/proc/self/fd/$1" ] || is_whole "$boot" || return
  is_running "$boot"
}
# config.boot is replaced as a whole, by what was proven to be the active configuration, or not at all: the router's own save
# ends in a `mv` from one file system to another, and doesn't notice that /tmp is full (vyatta-save-config.pl).
save() {
  local attempt made
  for attempt in 1 2 3; do
    # it may be there already
    agrees "$draft" || { rewritten=1; write_draft; } || break
    if { [ "$rewritten" = 0 ] || agrees "$draft"; } && { exec {made}<"$draft"; } 2>/dev/null && mv -f "$draft" "$boot" && is_saved "$made"; then
      exec {made}<&-
      # an old sync knows no files, and writes everything
      sync "$boot" "${boot%/*}"
      return 0
    fi
    # somebody committed or saved meanwhile: what is running then is saved
    echo 'what was saved is not what is running' >"$S/save-said"
    log "saved something else than what is running, try $attempt"
  done
  rm -f "$draft"
  return 1
}
