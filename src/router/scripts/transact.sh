# The transaction: what the router runs by itself once it has it.

goes_on() { [ "$failed" = 0 ] && [ -z "$stop" ] && ! [ -e "$S/stop" ] && [ -e "$S/armed" ]; }
transact() {
  # what was running at the last look, with its secrets; how it differs from what is saved; whether a commit has begun
  local lines drift begun='' n=0
  trap '' PIPE
  trap 'stop=1' HUP TERM INT
  # before anything else, so that whatever is killed from here on, somebody is there to end it
  arm || { no_switch; return; }
  tidy_after_restart
  # whoever looks after a restart must find that this is the router, and which restart and which saved configuration it was
  note "begun $(boot_id) $saved_before"
  # only looks, while the switch starts
  is_untouched_since_plan || { finish untouched; return; }
  is_watched || { no_switch; return; }
  open_session || { say refused:begin 1 "$S/out"; finish untouched; return; }
  snapshot || { say refused:snapshot 1 "$S/out"; finish untouched; return; }
  say armed 0
  key_steps
  goes_on || { finish untouched; return; }
  while [ "$n" -lt "$commits" ] && goes_on; do
    n=$((n + 1))
    "run_$n"
    goes_on || break
    commit_unmoved "$n"
    [ "$n" != "$canary" ] || ! goes_on || bake
  done
  [ "$n" = "$commits" ] && goes_on && ipv6_new
  close_session
  if goes_on && mv "$S/armed" "$S/waiting"; then
    wake pipe
    state waiting for the proof
    say committed 0
  else
    put_back
  fi
}
# The first tunnel's part is committed: the rest comes when a client says that it is well (answer.sh, `go`). Each proof of it that passes
# moves the end of the window, so that a client that is gone leaves no more behind than one that died before its word.
bake() {
  ipv6_new
  [ "$failed" = 0 ] || return 0
  close_session
  ask_uptime
  deadline=$((up + window)) latest=$((up + longest))
  write_window
  state baking the first part
  : >"$S/baking" || { failed=1; return 0; }
  say canary 0
  until [ -e "$S/go" ] || ! goes_on; do
    [ ! -e "$S/wanted" ] || move_window
    if is_late; then echo 'nobody said in time that the first part is well' >"$S/out"; say refused:canary 1 "$S/out"; failed=1
    else rest 0.3
    fi
  done
  rm -f "$S/baking" "$S/until"
  state armed
  ! goes_on || open_session || { say refused:begin 1 "$S/out"; failed=1; }
}
no_switch() { echo 'the switch did not start' >>"$S/out"; say refused:switch 1 "$S/out"; finish untouched; }
is_untouched_since_plan() {
  local look sealed
  cp "$boot" "$S/saved.boot" 2>"$S/out" || { say refused:snapshot 1 "$S/out"; return 1; }
  # beside the look at what is running; and it may outlive a transaction that ends here, so it must not hold the lock
  exec {look}< <(exec 8>&-; drift_from "$S/saved.boot" 2>&1; printf 'x%s' "$?")
  lines=$(active 2>"$S/out") || { say refused:read 1 "$S/out"; return 1; }
  # the sealed digest is of all that the other one is of: that one only tells what has changed
  seal "$lines"
  if [ "${sealed:-none}" != "$expected_seal" ] && [ "$(digest_of "$lines")" != "$expected_digest" ]; then say stale 1; return 1; fi
  if [ -z "$sealed" ] || [ -z "$expected_seal" ]; then
    sudo -n cat /etc/shadow >/dev/null 2>"$S/out" </dev/null
    say refused:seal 1 "$S/out"; return 1
  fi
  if [ "$sealed" != "$expected_seal" ]; then say stale:secret 1; return 1; fi
  IFS= read -r -d '' drift <&"$look"
  exec {look}<&-
  [ "$allow_drift" = 1 ] || [ "$drift" = x0 ] && return 0
  printf '%s' "${drift%x*}" >"$S/out"
  case $drift in *x0) ;; *) say refused:drift 1 "$S/out"; return 1 ;; esac
  printf '%s\n' "$drift" | grep -E '^(set|delete) ' | without_secrets mask >"$S/out"
  say drift 1 "$S/out"
  return 1
}
# what is running, as a file; an empty one stands for the saved configuration, where the two agree
snapshot() {
  if [ "$drift" = x0 ] && is_whole "$S/saved.boot"; then return 0
  else w save "$S/before.new" && agrees "$S/before.new" && cat "$S/before.new" >"$S/before.boot"
  fi
}
# two sessions' edits of one node merge silently, so what is running is looked at once more, secrets too
commit_unmoved() { # number
  local code=0
  # two that show nothing are not the same
  if [ -z "$lines" ] || [ "$(active 2>/dev/null)" != "$lines" ]; then failed=1; say moved 1; return; fi
  [ "$with_handshakes" = 0 ] || { [ "$1" != "$commits" ] && [ "$1" != "$canary" ]; } || tell_handshakes
  begun=1
  { : >"$S/begun"; } 2>"$S/out" || { failed=1; say "commit:$1" 1 "$S/out"; return; }
  commit || { code=$?; failed=1; }
  if [ "$code" = 0 ]; then say "commit:$1" 0; else say "commit:$1" "$code" - < <(hidden <"$S/out"); fi
  [ "$1" = "$commits" ] || lines=$(active 2>/dev/null)
}
# a handshake is new when it isn't one of these, whatever the clocks say
tell_handshakes() {
  local said code
  said=$(sudo -n wg show all latest-handshakes 2>/dev/null </dev/null); code=$?
  printf '%s\n' "$said" | say handshakes "$code" -
}
put_back() {
  # from here on there is nothing to stop: this is the way back
  trap '' HUP TERM INT
  say putting-back 0
  # before the first commit there is nothing of ours, and what is there is somebody else's
  if [ -z "$begun" ] || { { [ "$(digest_of "$(active 2>/dev/null)")" = "$expected_digest" ] || undo; } && saved_as_before; }; then
    note 'put-back (by the transaction)'
    finish put-back
  else
    note 'the transaction could not put it back'
    close_session
    : >"$S/stop"
    say outcome:unknown 1 "$S/undo-said"
  fi
}
finish() { # untouched|put-back: nothing is left to watch, and its files go
  [ "$session" = 0 ] || close_session
  remove_new_keys
  [ "$1" != untouched ] || note untouched
  mv "$S/armed" "$S/disarmed" 2>/dev/null
  { exec 9<>"$S/pipe"; } 2>/dev/null
  release
  { echo >&9; } 2>/dev/null
  # said last, so that whoever hears it finds nothing left
  say "outcome:$1" 0
}
