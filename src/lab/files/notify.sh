#!/bin/sh
# Tells the terminals of other sessions that the configuration has changed under them (interactive/07).
#
# usage: notify.sh USER TERMINAL SESSION...    (a session is the process id of its shell)
user=$1 terminal=$2
shift 2
for session; do
  number=$(sed 's/.*) //' "/proc/$session/stat" 2>/dev/null | awk '{ print $5 }')
  # Major 136: a pseudo-terminal, whose number is in the rest.
  [ "$((${number:-0} >> 8 & 0xfff))" -eq 136 ] || continue
  printf '\r\n\a\a\aMessage from %s@%s (as root) on <no tty> at %s ...\r\n' "$user" "$(hostname)" "$(date +%H:%M)" >"/dev/pts/$((number & 0xff))"
  printf "Active configuration has been changed by user '%s' on '%s'.\r\nPlease make sure you do not have conflicting changes. You can also discard\r\nthe current changes by issuing 'exit discard'.\r\nEOF\r\n" "$user" "$terminal" >"/dev/pts/$((number & 0xff))"
done
