# The functions of one edgewg transaction and of its dead-man switch. Both run as one bash under `sg vyattacfg`, so that all
# calls of the configuration wrapper have one parent: the session is the parent's process id (edgeos-facts 5.4). Therefore no
# wrapper call may stand in a pipe, in ( ) or in $( ).
#
# What one apply adds to this file: nonce, id, who, since, expected_digest, window, patience, last_resort, allow_drift, commits=N;
# the functions run_1 … run_N, undo_1 … undo_N, expect, key_steps, ipv6_new, ipv6_old, record, and those of key-files.sh. S is
# its folder in tmpfs, 0700: the umask is that of a configuration session, since the files of the active configuration must
# stay readable to the others.
LC_ALL=C; export LC_ALL
PATH=/opt/vyatta/bin:/opt/vyatta/sbin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH
W=/opt/vyatta/sbin/vyatta-cfg-cmd-wrapper
unset CMD_WRAPPER_SESSION_ID
umask 002
home=/tmp/edgewg
S=$home/$id
archive=/config/user-data/edgewg

# ---- what both say and read

say() { # name code [file]: one record
  if [ -n "${3-}" ] && [ -s "$3" ]; then printf '%s %s %s %s\n' "$nonce" "$1" "$2" "$(base64 -w0 <"$3")"
  else printf '%s %s %s -\n' "$nonce" "$1" "$2"
  fi
}
# a failed commit prints the value that it failed at, keys and passwords too (edgeos-facts 0.10)
hidden() { sed -E 's/((passphrase|password|secret|key|community) +)[^ /][^ ]*/\1[secret]/g; s#[0-9A-Za-z+/]{43}=#[key]#g'; }
log() { mkdir -p "$archive" && printf '%s %s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$id" "$*" | hidden >>"$archive/log"; } 2>/dev/null
# a state is written whole or not at all: somebody may read it at any moment
state() { printf 'id %s\nwho %s\nsince %s\nstate %s\n' "$id" "$who" "$since" "$*" >"$home/$id.new" && mv -f "$home/$id.new" "$home/$id.state"; }

active() { cli-shell-api showConfig --show-active-only --show-commands </dev/null; }
without_secrets() {
  grep -vE " ([^ ]*(passphrase|password|pre-shared-secret|key)|secret|community|connection|psk) ('[^/'][^']*'|''|[^/' ][^ ]*)$"
}
# the same filter and the same bytes as in read.sh
digest_of() { without_secrets <"$1" | sha256sum | cut -c1-64; }
saved_sum() { sha256sum /config/config.boot 2>/dev/null | cut -c1-64; }
drift() { cli-shell-api showConfig --show-cfg1 /config/config.boot --show-cfg2 @ACTIVE --show-context-diff --show-commands </dev/null; }

# ---- one session of the configuration system

w() { "$W" "$@" >"$S/out" 2>&1 </dev/null; }
# a session of the same process id may be left over, uncommitted changes and all (transcript interactive/20)
open_session() { w begin && w discard; }
step=0
failed=0
op() { # set|delete WORD...: stops at the first refusal, the rest is passed over
  [ "$failed" = 0 ] && [ -z "$stop" ] || return 0
  step=$((step + 1))
  w "$@"; code=$?
  if [ "$code" != 0 ]; then failed=1; say "refused:$step" "$code" "$S/out"
  elif [ "$quiet" != 1 ]; then say "step:$step" 0
  fi
}
# deletes a node only when nothing is left below it
prune() {
  [ "$failed" = 0 ] || return 0
  w show "$@"
  grep -qv -e '^-' -e '^Configuration under specified path is empty' -e '^ *$' "$S/out" || w delete "$@"
  return 0
}
commit() { # waits for the lock of another commit, at most $patience seconds
  waited=0
  while :; do
    COMMIT_COMMENT="edgewg $id" COMMIT_VIA=edgewg "$W" commit >"$S/out" 2>&1 </dev/null; code=$?
    [ "$code" != 0 ] && grep -q 'temporarily locked due to another commit' "$S/out" && [ "$waited" -lt "$patience" ] || return "$code"
    [ "$waited" = 0 ] && say waiting 0
    waited=$((waited + 1))
    sleep 1
  done
}
# EdgeOS forgets IPv6 addresses when its scripts take a link down and up (edgeos-facts 1.6): taken out and put in again
readd_ipv6() { # interface, the address as ip prints it, the address as the configuration has it
  ip -6 -o addr show dev "$1" 2>/dev/null | grep -qF " $2 " && return 0
  grep -qF "set interfaces wireguard $1 " "$S/now" || return 0
  failed=0
  quiet=1
  op delete interfaces wireguard "$1" address "$3"; commit && { op set interfaces wireguard "$1" address "$3"; commit; }
  say "ipv6:$1" "$failed"
}

# ---- putting back

# what the configuration must show when everything is as before: `has LINE`, `lacks PREFIX`
has() { printf 'has %s\n' "$1"; }
lacks() { printf 'lacks %s\n' "$1"; }
is_restored() {
  active >"$S/now" 2>/dev/null || return 1
  [ "$(digest_of "$S/now")" = "$expected_digest" ] && return 0
  expect >"$S/expected"
  awk '
    FNR == NR { if ($1 == "has") must[substr($0, 5)] = 1; else if ($1 == "lacks") never[substr($0, 7)] = 1; next }
    { delete must[$0]; line = $0 " "; for (p in never) if (index(line, p " ") == 1) bad = 1 }
    { for (p in must) if (index($0, p " ") == 1) delete must[p] }
    END { for (p in must) bad = 1; exit bad }' "$S/expected" "$S/now"
}
undo_once() { # every commit in reverse order; running it twice does no harm (transcript rollback-by-inverse)
  stop=
  open_session || return 1
  n=$commits
  while [ "$n" -gt 0 ]; do
    failed=0
    quiet=1
    "undo_$n"
    commit || cp "$S/out" "$S/undo-said" 2>/dev/null
    w discard
    n=$((n - 1))
  done
  active >"$S/now" 2>/dev/null
  ipv6_old
  is_restored
}
undo() { # by the inverse commands, again while somebody holds the lock; at last by the snapshot
  tries=0
  while [ "$tries" -lt 5 ]; do
    undo_once && { w end; return 0; }
    tries=$((tries + 1))
    log "undo failed, try $tries: $(tr '\n' ' ' <"$S/out" | cut -c1-200)"
    sleep "$tries"
  done
  log 'falling back to the snapshot'
  open_session
  w load "$S/before.boot"
  commit
  w discard
  active >"$S/now" 2>/dev/null
  ipv6_old
  w end
  is_restored
}
remove_new_keys() { # files that this apply made and that nothing refers to
  [ -r "$S/made" ] || return 0
  active >"$S/now" 2>/dev/null || return 0
  while read -r file; do
    grep -qF -- "$file" "$S/now" /config/config.boot || rm -f "$file"
  done <"$S/made"
}
release() { # the lock goes last
  rm -rf "$S" "$home/$id.state"
  [ "$(cat "$home/lock/id" 2>/dev/null)" = "$id" ] && rm -rf "$home/lock"
}

# ---- the transaction

transact() {
  trap '' PIPE
  stop=
  trap 'stop=1' HUP TERM INT
  quiet=0
  sum_before=$(saved_sum)
  printf '%s\n' "$sum_before" >"$S/saved-before"
  active >"$S/before" 2>"$S/out" || { say refused:read 1 "$S/out"; finish untouched; return; }
  digest=$(digest_of "$S/before")
  if [ "$digest" != "$expected_digest" ]; then printf '%s' "$digest" >"$S/out"; say stale 1 "$S/out"; finish untouched; return; fi
  if [ "$allow_drift" != 1 ]; then
    drift >"$S/drift" 2>&1 || { say refused:drift 1 "$S/drift"; finish untouched; return; }
    if [ -s "$S/drift" ]; then grep -E '^(set|delete) ' "$S/drift" | without_secrets >"$S/out"; say drift 1 "$S/out"; finish untouched; return; fi
  fi
  open_session || { say refused:begin 1 "$S/out"; finish untouched; return; }
  w save "$S/before.boot" || { say refused:snapshot 1 "$S/out"; finish untouched; return; }
  key_steps
  [ "$failed" = 0 ] || { finish untouched; return; }
  arm || { say refused:switch 1 "$S/out"; finish untouched; return; }
  say armed 0
  n=0
  while [ "$n" -lt "$commits" ] && [ "$failed" = 0 ] && [ -z "$stop" ] && ! [ -e "$S/stop" ]; do
    n=$((n + 1))
    "run_$n"
    [ "$failed" = 0 ] && [ -z "$stop" ] && ! [ -e "$S/stop" ] || break
    active >"$S/now" 2>/dev/null
    # two sessions' edits of one node merge silently, so what is running is looked at once more
    if [ "$(digest_of "$S/now")" != "$digest" ]; then failed=1; digest_of "$S/now" >"$S/out"; say moved 1 "$S/out"; break; fi
    commit || failed=1
    say "commit:$n" "$code" "$S/out"
    active >"$S/now" 2>/dev/null
    digest=$(digest_of "$S/now")
  done
  [ "$failed" = 0 ] && [ -z "$stop" ] && ! [ -e "$S/stop" ] && [ "$n" = "$commits" ] && ipv6_new
  if [ "$failed" = 0 ] && [ -z "$stop" ] && ! [ -e "$S/stop" ]; then
    w end
    printf '%s' "$digest" >"$S/out"
    state waiting for the proof
    tell committed
    say committed 0 "$S/out"
    return
  fi
  put_back
}
put_back() {
  say putting-back 0
  w discard
  active >"$S/now" 2>/dev/null
  if [ "$(digest_of "$S/now")" = "$expected_digest" ]; then w end; outcome=put-back
  elif undo; then outcome=put-back
  else outcome=unknown
  fi
  if [ "$outcome" = put-back ]; then log 'put back by the transaction'; finish put-back
  else log 'the transaction could not put it back'; tell undo; say outcome:unknown 1 "$S/out"
  fi
}
finish() { # nothing is left to watch: the switch stands down, its files go
  w end
  if [ -e "$S/armed" ] && ! mv "$S/armed" "$S/disarmed" 2>/dev/null; then say outcome:switch-fired 1; return; fi
  tell quit
  remove_new_keys
  say "outcome:$1" 0
  release
}

# ---- the dead-man switch: a process of its own, which outlives the line

# opened for both ways, so that it never waits for a reader
tell() { [ ! -p "$S/pipe" ] || printf '%s\n' "$1" 1<>"$S/pipe"; }
arm() {
  mkfifo -m 0600 "$S/pipe" 2>"$S/out" && : >"$S/armed" || return 1
  state armed
  setsid bash "$S/run" watch $$ </dev/null >>"$S/switch.log" 2>&1 &
  tries=0
  until [ -e "$S/watching" ] || [ "$tries" -ge 50 ]; do tries=$((tries + 1)); sleep 0.1; done
  [ -e "$S/watching" ]
}

# waits for a word on the pipe, a second at a time: a jump of the clock neither fires it nor keeps it
hear() { # seconds, and the process without which waiting is no use; sets heard
  heard=
  left=$1
  while [ "$left" -gt 0 ]; do
    if read -r -t 1 heard <&9; then return 0; fi
    heard=
    [ -e "$S/confirmed" ] && { heard=confirm; return 0; }
    if [ -n "$2" ] && ! [ -d "/proc/$2" ]; then # its last word may still be in the pipe
      read -r -t 1 heard <&9 || heard=dead
      return 0
    fi
    left=$((left - 1))
  done
  return 1
}
watch() { # process id of the transaction
  trap '' PIPE HUP INT TERM
  exec 9<>"$S/pipe"
  nonce=-
  quiet=1
  stop=
  sum_before=$(cat "$S/saved-before")
  echo $$ >"$home/lock/switch"
  : >"$S/watching"
  # until the commit has returned: an endpoint's name can hold it for more than a minute. While the transaction lives, it
  # is the one that undoes.
  asked=
  while hear 900 "$1" && [ "$heard" = undo ]; do asked=1; done
  case $heard in
    quit) return ;;
    committed) if [ -n "$asked" ]; then heard=undo; else hear "$window" ''; fi ;;
  esac
  case $heard in
    quit) return ;;
    confirm) keep ;;
    dead) CMD_WRAPPER_SESSION_ID=$1 w discard; CMD_WRAPPER_SESSION_ID=$1 w end; fire 'the transaction died' ;;
    undo) fire 'asked to' ;;
    *) fire 'time is up' ;;
  esac
}
fire() {
  mv "$S/armed" "$S/firing" 2>/dev/null || { [ -e "$S/confirmed" ] && keep; return; }
  state "undoing ($1)"
  log "switch fires: $1"
  # the transaction's own commit may still hold the lock
  patience=300
  if undo; then
    result=undone
    if [ "$(saved_sum)" != "$sum_before" ]; then save || result=unsaved; fi
  else
    result=failed
  fi
  settle "$result" "$1"
  [ "$result" = failed ] && [ "$last_resort" = reboot ] && sudo -n /sbin/reboot
}
save() {
  open_session || return 1
  w save; code=$?
  cp "$S/out" "$S/save-said"
  w end
  [ "$code" = 0 ] && ! grep -qiE 'fail|error|no space' "$S/save-said" || return 1
  drift >"$S/drift" 2>&1 && ! [ -s "$S/drift" ]
}
keep() { # confirmed: save, and compare what was saved with what runs
  state saving
  cp /config/config.boot "$S/config.boot.before" 2>/dev/null
  if save; then settle saved confirmed; return; fi
  log "saving failed: $(tr '\n' ' ' <"$S/save-said" | cut -c1-200)"
  cp "$S/save-said" "$S/why" 2>/dev/null
  if undo; then result=undone; else result=failed; fi
  if [ "$(saved_sum)" != "$sum_before" ]; then
    cp "$S/config.boot.before" /config/config.boot.edgewg && mv -f /config/config.boot.edgewg /config/config.boot
    [ "$(saved_sum)" = "$sum_before" ] || result=failed
  fi
  settle "$result" 'saving failed'
}
settle() { # result, reason: told to whoever waits, then everything but the record goes
  remove_new_keys
  log "$1 ($2)"
  state "$1 ($2)"
  printf '%s\n' "$1" >"$S/result.new"
  { printf '%s\n' "$2"; cat "$S/why" 2>/dev/null; } >>"$S/result.new"
  if [ "$1" = saved ]; then
    mkdir -p "$archive/applies" && record >"$archive/applies/$id.new" && mv -f "$archive/applies/$id.new" "$archive/applies/$id.json"
  fi
  mv -f "$S/result.new" "$S/result"
  # the answer stays a moment for the client that asks for it; whoever comes later finds it in the log
  tries=0
  until [ -e "$S/told" ] || [ "$tries" -ge 3 ]; do tries=$((tries + 1)); read -r -t 1 heard <&9; done
  if [ "$1" = failed ]; then rm -rf "$home/lock"; else release; fi
}

# ---- the client's last word, in an exec of its own

answer() { # confirm|undo|wait, seconds: waits for what the switch makes of it
  case $1 in
    confirm) mv "$S/armed" "$S/confirmed" 2>/dev/null && tell confirm ;;
    undo) : >"$S/stop"; tell undo ;;
  esac
  left=$(($2 * 10))
  until [ -e "$S/result" ] || [ "$left" -le 0 ] || ! [ -d "$S" ]; do left=$((left - 1)); sleep 0.1; done
  if [ -e "$S/result" ]; then say result 0 "$S/result"; : >"$S/told"
  elif [ -d "$S" ]; then say result 2
  else say result 3
  fi
  say end 0
}

case $1 in
  transact) transact; say end 0 ;;
  watch) watch "$2" ;;
  answer) nonce=$4; answer "$2" "$3" ;;
esac
