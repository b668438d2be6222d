# Op mode of an interactive shell: its commands, pipes and messages (transcripts interactive/01 and 14).

_vyatta_op_commands=(add clear connect copy debug delete disconnect force generate initial-setup install monitor no ping ping6
  reboot release rename renew reset restart set show shutdown telnet terminal traceroute traceroute6 undebug undo-commit update)
_vyatta_operator=no
if ! id -Gn | grep -qw -e vyattacfg -e root; then
  _vyatta_operator=yes
  _vyatta_op_commands=(clear connect debug disconnect no ping ping6 release renew set show telnet terminal traceroute
    traceroute6 undebug update)
  PS1='\[\e]0;\u@\h: \w\a\]\u@\h> '
else
  _vyatta_op_commands+=(configure)
fi

_vyatta_op_run() {
  case "$*" in
  configure) _vyatta_configure ;;
  'terminal length 0' | 'set terminal length 0') export VYATTA_PAGER=cat ;;
  'terminal length '* | 'set terminal length '*) export VYATTA_PAGER=$_vyatta_less ;;
  'terminal width '* | 'set terminal width '*) stty columns "${!#}" 2>/dev/null ;;
  'terminal '* | 'set terminal '*) ;;
  reboot | reboot\ now | shutdown) _vyatta_go_down "$1" ;;
  *) /opt/vyatta/bin/vyatta-op-cmd-wrapper "$@" ;;
  esac
}

_vyatta_configure() {
  _OFR_CONFIGURE=ok newgrp vyattacfg
}

_vyatta_go_down() {
  /run/lab/files/ask.sh "Proceed with $1?" || return 1
  sudo "/sbin/$1" now
}

_vyatta_invalid() {
  printf '\n  Invalid command: %s\n\n' "$1"
  return 127
}

# A word that no program has is perhaps the beginning of a command (`sho conf`).
command_not_found_handle() {
  local command found=()
  for command in "${_vyatta_op_commands[@]}"; do
    [[ $command == "$1"* ]] && found+=("$command")
  done
  if ((${#found[@]} == 1)) && [[ ${_OFR_CONFIGURE-} != ok ]]; then
    _vyatta_op_run "${found[0]}" "${@:2}"
  else
    _vyatta_invalid "[$1]"
  fi
}

# What output can be piped through.
match() { command -p grep -E -e "$@"; }
no-match() { command -p grep -v -E -e "$@"; }
except() { command -p grep -v -E -e "$@"; }
count() { command -p wc -l; }
more() { eval "command -p $_vyatta_less"; }
no-more() { command -p cat; }

for _vyatta_command in "${_vyatta_op_commands[@]}"; do
  alias "$_vyatta_command=_vyatta_op_run $_vyatta_command"
done
unset _vyatta_command
# An operator has these and nothing else of the system.
[[ $_vyatta_operator == no ]] || PATH=/nonexistent
