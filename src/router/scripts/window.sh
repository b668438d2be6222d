# The end of the window in which the switch waits for the client's word: seconds since the router started, a clock that nobody sets. It
# stands in the file `until`, which the switch alone writes (while the first part bakes: the transaction), so that one that was killed goes on counting; behind it the last second to
# which it may be moved. A client asks by the file `wanted`: until when, or `+` for how long from now on, and the digest of what it has
# proven, `-` where it has proven nothing.
deadline=
latest=
# seconds since the router started, when it was asked last
up=
# how long a word may be waited for at most, from the commit on
longest=86400

ask_uptime() { read -r up _ </proc/uptime; up=${up%%.*}; }
find_window() {
  [ -z "$deadline" ] || return 0
  read -r deadline latest 2>/dev/null <"$S/until" && return 0
  ask_uptime
  deadline=$((up + window)) latest=$((up + longest))
  write_window
}
write_window() { printf '%s %s\n' "$deadline" "$latest" >"$S/until.new" && mv -f "$S/until.new" "$S/until"; } 2>/dev/null
is_late() { ask_uptime; [ "$up" -ge "$deadline" ]; }
move_window() {
  local wanted proven before=$deadline
  read -r wanted proven <"$S/wanted"
  case $wanted in +*) ask_uptime; wanted=$((up + ${wanted#+})) ;; esac
  case $wanted in *[!0-9]*) ;; ?*) deadline=$((wanted < latest ? wanted : latest)) ;; esac
  # what isn't written down holds for nobody: at the next look there may be room
  write_window || { deadline=$before; return; }
  case $proven in [0-9]*) printf '%s\n' "$proven" >"$S/held" ;; esac
  if [ -e "$S/held" ]; then
    log "held until $(end_of_window)"
    state held for a word of a person
    holder ", held until $(end_of_window): edgewg confirm, extend or undo $id"
  fi
  # last: whoever waits for it to go finds the rest done
  rm -f "$S/wanted"
  wake up
} 2>/dev/null
end_of_window() {
  ask_uptime
  date -u -d "@$(($(date +%s) + deadline - up))" +%Y-%m-%dT%H:%M:%SZ
}
# what somebody else must know who is to decide: behind the state
told_of_hold() {
  printf 'until %s\nmost %s\ndigest %s\nbefore %s\nsaved %s\n' "$deadline" "$latest" "$(cat "$S/held")" "$expected_digest" "$(sha256sum <"$S/saved.boot" | cut -c1-64)"
  told
}
