# /etc/bash.bashrc: interactive shells are in op mode, or in configure mode when `configure` started them.
[[ $- == *i* ]] || return
export HISTCONTROL= HISTSIZE=10000 HISTFILESIZE=10000
builtin set +H # `!` is a character
. /etc/default/vyatta
export VYATTA_PAGER=${VYATTA_PAGER-$_vyatta_less}
PS1='\[\e]0;\u@\h: \w\a\]\u@\h:\w\$ '
. /run/lab/files/op-shell.sh
if [[ ${_OFR_CONFIGURE-} == ok ]]; then
  . /run/lab/files/cfg-shell.sh
  . /run/lab/files/typed.sh
fi
