#!/bin/bash
# vyatta-op-cmd-wrapper: `show` goes through the pager when the output is a terminal, everything else straight out.
if [[ -t 1 && $1 == show ]]; then
  PATH=/usr/bin:/bin # an operator's shell has none
  . /etc/default/vyatta
  /run/lab/engine/vyatta-op-cmd-wrapper "$@" | eval "${VYATTA_PAGER:-$_vyatta_less}"
  exit "${PIPESTATUS[0]}"
fi
exec /run/lab/engine/vyatta-op-cmd-wrapper "$@"
