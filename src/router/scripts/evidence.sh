# What the reading and a transaction must see alike: whether anything changed at all, whether a difference means anything, and whether
# the router is about to go back to its saved configuration by itself.

# A digest of lines that also the secrets are in, and that tells nobody of them: its key is what this router alone has, and
# leaves it nowhere. Fails where there is no such key.
seal() { # lines; sets `sealed`
  local key
  key=$(exec sudo -n cat /etc/ssh/ssh_host_*_key 2>/dev/null </dev/null)
  [ -n "$key" ] || key=$(exec sudo -n cat /etc/shadow 2>/dev/null </dev/null)
  [ -n "$key" ] && read -r sealed _ < <(exec sha256sum < <(printf '%s\n' "$key" "$1"))
}

# A node of these with nothing below it does nothing; a commit that failed in part, and its discard, leave one behind: running, not saved
# (transcript rollback-by-inverse). Others mean something when they are empty: `service ssh`, `disable`. A `delete` always does: it is
# all that is printed of a whole subtree that is gone.
without_empty_nodes() {
  sed -E '/^set (interfaces|firewall|policy|protocols|service|system|vpn|traffic-policy|(protocols (static|bgp))|(interfaces wireguard)|(firewall (options|name|ipv6-name|group|modify))|(firewall options mss-clamp6?)|(policy prefix-list6?))$/d'
}

# When a `commit-confirm` that nobody has confirmed yet will restart the router into what was saved before it, a line each: an at job,
# whose number stands in a file (docs/edgeos.md 'commit-confirm'; transcript interactive/12). Fails where there is none.
pending_confirm() {
  local mine='' job due is=1
  [ ! -r /var/run/confirm.job ] || read -r mine </var/run/confirm.job
  while read -r job due; do
    [ "$job" = "$mine" ] || sudo -n at -c "$job" 2>/dev/null </dev/null | grep -q 'config\.boot-rollback' || continue
    printf '%s\n' "${due% [a-zA-Z=] *}"
    is=0
  done < <(exec sudo -n atq 2>/dev/null </dev/null)
  return "$is"
}
