# Key files below /config/auth: made, moved or written before the session begins. A key is never an argument, never in the
# environment, and in no other file than its own but for the moment in which it is made ($S/key, 0600 in tmpfs).
# Needs: S, a folder of one's own; stop and failed; boot; say; an apply's id if there is one.

# Each line of `made` is the inode and the name of a file, so that an undo takes away no other.
keys_go_on() { [ -z "$stop" ] && [ "$failed" = 0 ] && ! [ -e "$S/stop" ]; }
# also where a restart leaves it
note_made() {
  local line
  line="$(stat -c %i "$1.${id:-new}") $1"
  printf '%s\n' "$line" >>"$S/made" && { [ -z "${id-}" ] || printf '%s\n' "$line" >>"$archive/made.$id"; }
}
put_key() { # file, of a content that is in $S/key
  local key=
  # a full disk leaves an empty file
  read -r key <"$S/key"
  [ "${#key}" = 44 ] && put_file "$1" "$S/key" 0640
}
put_file() { # file, what it will be, its mode; never over one that is there
  local code
  { [ -d "${1%/*}" ] || mkdir -p "${1%/*}"; } && chgrp vyattacfg "$2" && chmod "$3" "$2" || return 1
  # noted before it is there; a link replaces nothing
  cp -p "$2" "$1.${id:-new}" && note_made "$1" && ln "$1.${id:-new}" "$1"; code=$?
  rm -f "$1.${id:-new}" "$2"
  return "$code"
}
key_generate() { # interface, file: only where there is none
  keys_go_on || return 0
  [ -e "$2" ] || { (umask 077; exec wg genkey >"$S/key") 2>"$S/out" && put_key "$2" 2>>"$S/out"; } || { failed=1; say "refused:key:$1" 1 "$S/out"; return 0; }
  wg pubkey <"$2" >"$S/out" 2>&1 || failed=1
  say "key:$1" "$failed" "$S/out"
}
# the value of a leaf that config.boot has and the active configuration lost
saved_value() {
  cli-shell-api showConfig --show-cfg1 @ACTIVE --show-cfg2 "$boot" --show-context-diff --show-commands </dev/null |
    awk -v leaf="set $* " 'index($0, leaf) == 1 { print substr($0, length(leaf) + 1); exit }'
}
key_move() { # file, then the path of the leaf whose literal goes there
  local file=$1
  keys_go_on || return 0
  shift
  (umask 077; cli-shell-api returnActiveValue "$@" </dev/null | head -c 44 >"$S/key"; [ -s "$S/key" ] || saved_value "$@" | head -c 44 >"$S/key"; echo >>"$S/key")
  if ! grep -qxE '[0-9A-Za-z+/]{43}=' "$S/key"; then failed=1; echo 'there is no such key any more' >"$S/out"
  # an earlier apply may have moved it; another key under this name would be another identity
  elif [ -e "$file" ]; then head -n 1 "$file" | cmp -s - "$S/key" || { failed=1; printf '%s holds another key\n' "$file" >"$S/out"; }
  else put_key "$file" 2>"$S/out" || failed=1
  fi
  rm -f "$S/key"
  if [ "$failed" = 0 ]; then say "key:$3" 0; else say "refused:key:$3" 1 "$S/out"; fi
}
identity_of() { # a file, and what it should be: a public key or sha256:…
  case $2 in
    sha256:*) printf 'sha256:'; head -n 1 "$1" | tr -d '\n' | sha256sum | cut -c1-16 ;;
    *) head -n 1 "$1" | wg pubkey 2>/dev/null ;;
  esac
}
key_write() { # interface, file, what the key must be: the key itself is the next line of stdin
  local key
  keys_go_on || return 0
  # a line that has gone silent must not hold the router
  IFS= read -r -t 120 key || key=
  (umask 077; printf '%s\n' "$key" >"$S/key")
  key=
  if [ "$(identity_of "$S/key" "$3")" != "$3" ]; then failed=1; echo 'the key did not arrive whole' >"$S/out"
  elif [ -e "$2" ]; then cmp -s "$S/key" "$2" || { failed=1; printf '%s holds another key\n' "$2" >"$S/out"; }
  else put_key "$2" 2>"$S/out" || failed=1
  fi
  rm -f "$S/key"
  if [ "$failed" = 0 ]; then printf '%s\n' "$3" >"$S/out"; say "key:$1" 0 "$S/out"
  else say "refused:key:$1" 1 "$S/out"
  fi
}

