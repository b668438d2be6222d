#!/bin/bash
# Asks on the terminal, wherever the output goes: one key, where Enter means yes. Exits 0 for yes, 1 for no, 2 without one.
#
# usage: ask.sh QUESTION
if ! { exec 3<>/dev/tty; } 2>/dev/null; then
  echo 'Cannot write to terminal: No such device or address' >&2
  exit 2
fi
printf '%s [confirm]' "$1" >&3
saved=$(stty -g <&3)
trap 'stty "$saved" <&3' EXIT
stty -echo -icanon min 1 <&3
IFS= read -r -N 1 -u 3 key
[[ -n $key && $key != $'\n' && $key != $'\r' ]] || key='[y]'
printf '%s\n' "$key" >&3
[[ $key == [yY] || $key == '[y]' ]]
