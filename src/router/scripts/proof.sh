# What an apply proves from the router: checks side by side, each until it holds or its time is over. One line on stdin: the nonce; on
# stdout one record a line (as say.sh). Which checks, the last lines say. It changes nothing.
LC_ALL=C; export LC_ALL
PATH=/opt/vyatta/bin:/opt/vyatta/sbin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH
read -r -t 30 nonce
case $nonce in '' | *[!0-9a-f]*) echo 'edgewg: no nonce on stdin' >&2; exit 64 ;; esac
# nobody writes into 9, so that a pause needs no process; whoever has the one letter of 8 may print
exec 9<> <(:) 8<> <(:)
printf . >&8

# A client that has gone is noticed here, and whoever waits for the letter of one that died has no reader either.
tell() { # name code text
  local data=-
  [ -z "$3" ] || data=$(printf '%s' "$3" | base64 -w0)
  read -r -n 1 -t 20 _ <&8 || exit
  printf '%s %s %s %s\n' "$nonce" "$1" "$2" "$data" || exit
  printf . >&8
}
until_ok() { # number, seconds, the check with its arguments
  local number=$1 left=$2 out code
  shift 2
  while :; do
    out=$("$@" 2>&1 </dev/null); code=$?
    [ "${#out}" -le 600 ] || out=${out: -600}
    tell "check:$number" "$code" "$out"
    [ "$code" != 0 ] && [ "$left" -gt 0 ] || return 0
    read -r -t 1 _ <&9
    left=$((left - 1))
  done
}
watch() { # name, seconds between, seconds, what with its arguments: told again and again, whatever it says
  local name=$1 between=$2 left=$3
  shift 3
  while :; do
    tell "$name" 0 "$("$@" 2>/dev/null </dev/null)"
    [ "$left" -gt 0 ] || return 0
    read -r -t "$between" _ <&9
    left=$((left - between))
  done
}

# a datagram to each address, so that a peer without keepalive is called; the router's clock; interface, peer, time of its last handshake
handshakes() {
  local address
  for address; do { echo >"/dev/udp/$address/9"; } 2>/dev/null; done
  printf '%(%s)T\n' -1
  sudo -n wg show all latest-handshakes
}
sessions() { vyatta-op-cmd-wrapper show ip bgp summary; }
ping_far() { # interface, address, bytes of data: with don't-fragment, so that the MTU is what is proven
  local said
  said=$(ping -c 3 -i 0.3 -W 2 -M do -s "$3" -I "$1" "$2" 2>&1)
  printf '%s' "$said"
  case $said in *' 0 received'*) return 1 ;; *[0-9]' received'*) return 0 ;; esac
  return 1
}
tcp() { # host, port, seconds
  timeout "$3" bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2"
}
# nothing of the environment goes with it: no proxy, no file of passwords
http() { # seconds, wanted status (or `any`), url
  local status
  if command -v curl >/dev/null; then
    status=$(env -i PATH="$PATH" curl -q -sS -g -o /dev/null -m "$1" -w '%{http_code}' -- "$3") || { echo "$status"; return 1; }
  else
    status=$(env -i PATH="$PATH" wget -S -O /dev/null -T "$1" -t 1 --max-redirect=0 -- "$3" 2>&1)
    case $status in *HTTP/[0-9]*) ;; *) printf '%s' "$status"; return 1 ;; esac
    status=${status##*HTTP/[0-9]}; status=${status#.[0-9]}; status=${status# }; status=${status%%[!0-9]*}
  fi
  echo "status $status"
  case $2:$status in any:2?? | any:3?? | "$status:$status") return 0 ;; esac
  return 1
}
# what a check would need
can() {
  local name
  for name in timeout ping curl wget; do
    if command -v "$name" >/dev/null 2>&1; then tell "can:$name" 0 ''; else tell "can:$name" 1 ''; fi
  done
  case $( (exec 3<>/dev/tcp/127.0.0.1/1) 2>&1) in
    *'No such file'* | *'not found'*) tell can:tcp 1 '' ;;
    *) tell can:tcp 0 '' ;;
  esac
}
