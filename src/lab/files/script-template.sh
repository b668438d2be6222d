# /opt/vyatta/etc/functions/script-template: lets a script configure the router (interactive/17).
shopt -s expand_aliases
configure() {
  _OFR_CONFIGURE=ok
  . /run/lab/files/cfg-shell.sh
  # A script goes on after `exit`, and one that leaves changes behind leaves its session behind.
  exit() {
    [[ $* == '' ]] && _vyatta_changed && return 0
    cli-shell-api teardownSession
    unset -f exit
    unset _OFR_CONFIGURE
  }
}
