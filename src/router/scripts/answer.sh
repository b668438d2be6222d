# The client's last word, in an exec of its own.

# if everybody was killed, the lock is free: the switch is started again
revive() {
  local pid
  # the file of the lock may have been taken away
  read -r pid 2>/dev/null <"$S/guard" && is_of_this_apply "$pid" && return 0
  { exec 8>>"$home/lock"; } 2>/dev/null || return 0
  if flock -n 8 && [ -d "$S" ] && [ "$home/lock" -ef /proc/self/fd/8 ]; then
    sg vyattacfg -c "exec setsid bash $S/run guard" </dev/null >>"$S/switch.log" 2>&1 &
  fi
  exec 8>&-
}
listen() { # seconds, descriptor of the pipe `up`
  if [ -n "$2" ]; then read -r -t "$1" _ <&"$2"; else rest "$1"; fi
}
tell_window() { ask_uptime; read -r deadline latest <"$S/until"; say until 0 - < <(echo "$deadline $up"); }
# `until`: the switch has taken it away, and keeps what goes with it; in a full folder it can't even be put down
is_taken() { # verb, what was proven
  local kept=-
  case $1 in go) return 0 ;; until) ;; *) return 1 ;; esac
  [ "$given" = 0 ] && ! [ -e "$S/wanted" ] || return 1
  [ "$2" = - ] || read -r kept <"$S/held"
  [ "$kept" = "$2" ]
} 2>/dev/null
answer() { # confirm|undo|wait|until, seconds, who else says so, for `until` what stands in `wanted`: waits for what the switch makes of it
  local left=$2 ear='' given=0
  [ -z "$3" ] || log "asked to $1 by $3"
  case $1 in
    confirm) mv "$S/waiting" "$S/confirmed" ;;
    undo) : >"$S/stop" ;;
    go) [ -e "$S/baking" ] && : >"$S/go" ;;
    until) printf '%s %s\n' "$4" "$5" >"$S/wanted.new" && mv -f "$S/wanted.new" "$S/wanted" ;;
  esac 2>/dev/null || given=1
  { [ -d "$S" ] && mkfifo -m 0600 "$S/up.$$" && exec {ear}<>"$S/up.$$"; } 2>/dev/null
  until [ -e "$S/result" ] || [ "$left" -le 0 ] || ! [ -d "$S" ] || is_taken "$1" "${5-}"; do
    # they may all be killed while they are waited for
    wake pipe
    revive
    left=$((left - 2))
    listen 2 "$ear"
  done
  if [ -e "$S/result" ]; then
    say result 0 "$S/result"
    { : >"$S/told"; } 2>/dev/null
    wake pipe
    # so that nothing of it is left when the client ends
    for left in 1 2; do [ ! -d "$S" ] || listen 1 "$ear"; done
  elif [ -d "$S" ]; then [ "$1" != until ] || ! is_taken until "${5-}" || tell_window; say result 2
  else say result 3
  fi
  say end 0
}
