# The head of a transaction, on the stdin of `bash -s` under `sg vyattacfg`: takes edgewg's lock on this router, unpacks the rest
# into a folder of its own in tmpfs, and becomes it. All in one function, called in the last line: a script that was cut short on
# the way does nothing. Set before it: nonce, id, who, since, lock_timeout, and the function payload, which prints the rest.
home=/tmp/edgewg
S=$home/$id

reply() { printf '%s %s %s %s\n' "$nonce" "$1" "$2" "$(printf '%s' "$3" | base64 -w0)"; }
give_up() { reply "$1" 1 "$2"; printf '%s end 0 -\n' "$nonce"; exit 0; }
alive() { [ -n "$1" ] && [ -d "/proc/$1" ]; }

take_lock() {
  waited=0
  until mkdir "$home/lock" 2>/dev/null; do
    # somebody between mkdir and his process id gets a second
    [ -r "$home/lock/pid" ] || sleep 1
    if ! alive "$(cat "$home/lock/pid" 2>/dev/null)" && ! alive "$(cat "$home/lock/switch" 2>/dev/null)"; then
      mv "$home/lock" "$home/stale.$$" 2>/dev/null && rm -rf "$home/stale.$$"
      continue
    fi
    [ "$waited" -lt "$lock_timeout" ] || give_up held "$(cat "$home/lock/holder" 2>/dev/null)"
    waited=$((waited + 1))
    sleep 1
  done
  printf '%s\n' "$id" >"$home/lock/id"
  printf '%s since %s, apply %s\n' "$who" "$since" "$id" >"$home/lock/holder"
  printf '%s\n' "$$" >"$home/lock/pid"
}

start() {
  umask 002
  [ "$(id -gn)" = vyattacfg ] || give_up refused:group 'the primary group is not vyattacfg'
  mkdir -m 2770 "$home" 2>/dev/null
  if [ -L "$home" ] || [ "$(stat -c %G "$home" 2>/dev/null)" != vyattacfg ]; then give_up refused:home "$home belongs to somebody else"; fi
  take_lock
  if ! mkdir -m 0700 "$S" || ! payload >"$S/run"; then
    rm -rf "$S" "$home/lock"
    give_up refused:space "no room in $home"
  fi
  exec bash "$S/run" transact
}
