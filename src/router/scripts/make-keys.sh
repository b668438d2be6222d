# Makes key files without a transaction, under `sg vyattacfg`: nothing refers to them yet. Behind say.sh and key-files.sh. Set before it:
# nonce, and the function steps. All in one function, called in the last line: a script that was cut short on the way does nothing.
# interface: a key in a file that is named after it
key_new() {
  local mark file
  (umask 077; wg genkey >"$S/key") 2>"$S/out" || { say "refused:key:$1" 1 "$S/out"; return; }
  mark=$(wg pubkey <"$S/key" | tr -dc '0-9A-Za-z' | cut -c1-12)
  file=/config/auth/edgewg-$1-$mark.key
  if [ -n "$mark" ] && put_key "$file" 2>"$S/out"; then head -n 1 "$file" | wg pubkey >"$S/out"; say "key:$1" 0 "$S/out"
  else rm -f "$S/key"; say "refused:key:$1" 1 "$S/out"
  fi
}
make_keys() {
  LC_ALL=C; export LC_ALL
  PATH=/opt/vyatta/bin:/opt/vyatta/sbin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH
  umask 002
  local stop='' failed=0 boot=/config/config.boot archive=
  S=$(mktemp -d /tmp/edgewg-keys.XXXXXX) || { say refused:space 1; say end 0; return; }
  trap 'rm -rf "$S"' EXIT
  trap 'exit 1' HUP TERM INT
  [ "$(id -gn)" = vyattacfg ] && steps || say refused:group 1
  say end 0
}
