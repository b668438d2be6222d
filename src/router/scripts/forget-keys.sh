# Takes away key files that nothing names any more, under edgewg's lock: no apply is under way, and what an earlier one left has
# been ended. Behind start.sh and session.sh. Set before it: nonce, id, who, since, lock_timeout, patience, and the function files.

# exactly this path, as a word of its own: in the running and in the saved configuration, in what an apply left for a person who
# has to look, and in the snapshot from which that one would be restored

# what is said of a file
words=
names_file() { tr -c '0-9A-Za-z_./@+-' '\n' | grep -qxF -- "$1"; }
is_named() { # file, the running configuration
  printf '%s\n' "$2" | names_file "$1" && { echo 'the running configuration' ; return 0; }
  local folder text
  # what can't be read may name it: the folder of an apply is its user's alone
  for folder in "$home"/*/; do
    [ ! -d "$folder" ] || [ -x "$folder" ] || { printf '%s\n' "$folder"; return 0; }
  done
  for text in "$boot" "$home"/*/before.boot "$home"/*/saved.boot "$home"/*/run; do
    [ -e "$text" ] || [ "$text" = "$boot" ] || continue
    [ -r "$text" ] || { printf '%s\n' "$text"; return 0; }
    names_file "$1" <"$text" && { printf '%s\n' "$text"; return 0; }
  done
  return 1
}
forget() { # file: out of the way first, so that no commit can begin to use it between the look and the end
  local lines
  { [ -f "$1" ] && ! [ -L "$1" ]; } || { say "gone:$1" 0; return; }
  lines=$(active 2>/dev/null) && [ -n "$lines" ] || { say "kept:$1" 1; return; }
  if is_named "$1" "$lines" >"$words"; then say "named:$1" 1 "$words"; return; fi
  mv "$1" "$1.$id" 2>"$words" || { say "kept:$1" 1 "$words"; return; }
  lines=$(active 2>/dev/null)
  if [ -z "$lines" ] || is_named "$1" "$lines" >"$words"; then
    mv -n "$1.$id" "$1"
    say "named:$1" 1 "$words"
  else
    rm -f "$1.$id" 2>"$words" && log "took away $1" && say "gone:$1" 0 || say "kept:$1" 1 "$words"
  fi
}
edgewg_forget() {
  umask 002
  [ "$(id -gn)" = vyattacfg ] || give_up refused:group 'the primary group is not vyattacfg'
  make_home
  take_lock
  while end_leftover; do take_lock; done
  printf '%s since %s, %s\n' "$who" "$since" "$id" >"$home/holder" 2>/dev/null
  words=$(umask 077; mktemp "$home/forget.XXXXXX") || give_up refused:space "no room in $home"
  trap 'rm -f "$words"' EXIT
  files
  say end 0
  rm -f "$words" "$home/holder" "$home/lock"
}
