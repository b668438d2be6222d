#!/bin/bash
# vyatta-config-mgmt.pl: commit-confirm and rollback ask on the terminal before the engine does them (interactive/12, 13).
engine=/run/lab/engine/vyatta-config-mgmt.pl
case " $* " in
*' --action=commit-confirm '*) question='Proceed?' no='commit-confirm canceled' ;;
*' --action=rollback '*) question='Proceed with reboot?' no='Cancelling rollback' ;;
*) exec "$engine" "$@" ;;
esac
said=$("$engine" "$@") || { code=$?; printf '%s\n' "$said"; exit $code; }
[[ -z $said ]] || printf '%s\n' "$said"
# Without the announcement nothing is to be asked: another one is pending, and the commit goes on without a new one.
[[ $question != 'Proceed?' || $said == *'unless confirmed' ]] || exit 0
/run/lab/files/ask.sh "$question"
case $? in
0) exec "$engine" "$@" --confirmed ;;
1) echo "$no" ;;
esac
exit 1
