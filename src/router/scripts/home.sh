# Where edgewg has its files on a router while it works: in tmpfs, a folder of the admins. /tmp is everybody's, so nothing in it is
# trusted but a folder that only an admin can have made.
home=/tmp/edgewg
is_home() { [ -d "$home" ] && ! [ -L "$home" ] && [ -w "$home" ] && [ "$(stat -c '%G %a' "$home" 2>/dev/null)" = 'vyattacfg 2770' ]; }
# for whoever finds the lock held
holder() { printf '%s since %s, apply %s%s\n' "$who" "$since" "$id" "${1-}" >"$home/holder"; } 2>/dev/null
