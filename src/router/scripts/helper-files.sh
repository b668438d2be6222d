# Helper scripts below /config/scripts: put there before the session begins, as key files are, and taken away after the save. At the
# end of a name stand the first digits of the SHA-256 of the content, so that a file is what its name says, or isn't ours. What goes is kept
# aside for a rollback. Needs: what key-files.sh needs, and archive.

scripts=/config/scripts
aside=$archive/helpers
is_named_after() { # file, the name that it has or will have
  local sum rest
  read -r sum rest < <(sha256sum "$1" 2>/dev/null)
  [ -n "$sum" ] || return 1
  case $2 in *-"${sum:0:16}") ;; *) return 1 ;; esac
}
place_helper() { # interface, file, of a content that is in $S/helper
  if ! is_named_after "$S/helper" "$2"; then failed=1; printf 'its content is not there as a whole: %s\n' "$2" >>"$S/out"
  elif [ -e "$2" ] || [ -L "$2" ]; then
    { cmp -s "$S/helper" "$2" && [ -x "$2" ]; } || { failed=1; printf '%s holds something else\n' "$2" >"$S/out"; }
  else put_file "$2" "$S/helper" 0750 2>"$S/out" || failed=1
  fi
  rm -f "$S/helper"
  [ "$failed" = 0 ] || say "refused:helper:$1" 1 "$S/out"
}
helper_put() { # interface, file, its content in base64
  keys_go_on || return 0
  { printf %s "$3" | base64 -d >"$S/helper"; } 2>"$S/out"
  place_helper "$1" "$2"
}
helper_restore() { # interface, file: as an apply found it that took it away
  keys_go_on || return 0
  cp "$aside/${2##*/}" "$S/helper" 2>"$S/out"
  place_helper "$1" "$2"
}
helper_remove() { # file: only what nothing runs any more
  local lines
  [ -e "$1" ] || return 0
  lines=$(active 2>/dev/null) && [ -n "$lines" ] || return 0
  case $lines in *" $1"*) return 0 ;; esac
  ! grep -qsF -- " $1" "$boot" || return 0
  mkdir -p "$aside" && mv -f "$1" "$aside/" && log "took away $1"
}
# after a save; of what is kept aside the last twenty
remove_helpers() {
  local old
  old_helpers
  [ -d "$aside" ] || return 0
  ls -t "$aside" | tail -n +21 | while read -r old; do rm -f "$aside/$old"; done
} 2>/dev/null
