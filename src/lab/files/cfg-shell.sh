# Configure mode: what a shell needs to edit, commit and save the configuration by the router's programs. Sourced by the
# interactive shell that `configure` starts and, by script-template, by scripts; its session is the shell itself.
# The messages are those of interactive/09, 10 and 12.

. /etc/default/vyatta
_vyatta_environment=$(cli-shell-api getSessionEnv $$)
eval "${_vyatta_environment//declare -x/declare -gx}" # also when a function sources this
unset _vyatta_environment
if ! cli-shell-api setupSession; then
  echo 'Failed to set up config session'
  builtin exit 1
fi
unalias -a

_vyatta_changed() { cli-shell-api sessionChanged; }

# Evaluates what the engine says (a new edit level), or prints it when that is a complaint.
_vyatta_level() {
  local said
  if said=$(cli-shell-api "$@"); then
    eval "$said"
  else
    [[ -z $said ]] || printf '%s\n' "$said"
    return 1
  fi
}

show() {
  local word words=() options=()
  for word; do
    if [[ $word == -all ]]; then options=(--show-show-defaults); else words+=("$word"); fi
  done
  cli-shell-api "${options[@]}" -- showCfg "${words[@]}" | eval "${VYATTA_PAGER:-cat}"
}

commit() {
  if ! _vyatta_changed; then
    echo 'No configuration changes to commit'
    return 1
  fi
  local comment=commit words=()
  while (($#)); do
    case $1 in
    comment) comment=${2-} && shift ;;
    confirm) echo 'Use commit-confirm command' && return 1 ;;
    *) words+=("$1") ;;
    esac
    shift
  done
  COMMIT_VIA=cli COMMIT_COMMENT=$comment /opt/vyatta/sbin/my_commit "${words[@]}" 2>&1
  return 0 # even when it failed, as there
}

commit-confirm() {
  if ! _vyatta_changed; then
    echo 'No configuration changes to commit'
    return 1
  fi
  local minutes=10
  if [[ ${1-} == *[[:digit:]]* ]]; then minutes=$1 && shift; fi
  if sudo sg vyattacfg "/opt/vyatta/sbin/vyatta-config-mgmt.pl --action=commit-confirm --minutes=$minutes"; then commit "$@"; fi
}

confirm() { /opt/vyatta/sbin/vyatta-config-mgmt.pl --action=confirm; }

compare() {
  if (($# > 2)); then
    echo 'Specified too many configuration revisions for comparison'
  elif (($# == 0)); then
    if ! _vyatta_changed; then
      echo 'No changes between working and active configurations'
      return 1
    fi
    cli-shell-api showConfig --show-show-defaults --show-context-diff
  elif [[ $* == saved ]]; then
    cli-shell-api showConfig --show-cfg1 /config/config.boot --show-cfg2 @WORKING --show-context-diff
  else
    local IFS=,
    /opt/vyatta/sbin/vyatta-config-mgmt.pl --action=compare "--revs=$*" | eval "${VYATTA_PAGER:-cat}"
  fi
}

rollback() {
  if (($# != 1)); then
    echo 'Error: must include a revision # to rollback to'
    return 1
  fi
  sudo sg vyattacfg "umask 0002; /opt/vyatta/sbin/vyatta-config-mgmt.pl --action=rollback --revnum=$(printf %q "$1")"
}

save() {
  ! _vyatta_changed || printf '%s\n\n' 'Warning: you have uncommitted changes that will not be saved.'
  _vyatta_level getEditResetEnv
  local words=''
  (($# == 0)) || printf -v words ' %q' "$@"
  sudo sg vyattacfg "umask 0002; /opt/vyatta/sbin/vyatta-save-config.pl$words"
  cli-shell-api unmarkSessionUnsaved
}

_vyatta_load() {
  if _vyatta_changed; then
    echo 'Cannot load: configuration modified.'
    echo 'Commit or discard the changes before loading a config file.'
    return 1
  fi
  _vyatta_level getEditResetEnv
  /opt/vyatta/sbin/vyatta-load-config.pl "$@"
}
load() { _vyatta_load "$@"; }
merge() { _vyatta_load "$@" --merge; }

edit() { _vyatta_level getEditEnv "$@"; }
up() { _vyatta_level getEditUpEnv "$@"; }
top() {
  if cli-shell-api editLevelAtRoot; then
    echo 'Already at the top level'
  else
    _vyatta_level getEditResetEnv
  fi
}

run() {
  if (($# == 0)); then
    echo 'Incomplete command'
    return 1
  fi
  /opt/vyatta/bin/vyatta-op-cmd-wrapper "$@"
}

reboot() { echo 'Exit from configure mode before rebooting.'; }
shutdown() { echo 'Exit from configure mode before shutting down system.'; }

exit() {
  if [[ $* != '' && $* != discard ]]; then
    echo "Invalid argument \"$*\" for 'exit'"
    return 1
  fi
  if ! cli-shell-api editLevelAtRoot; then
    _vyatta_level getEditResetEnv
    return
  fi
  if [[ $* == '' ]] && _vyatta_changed; then
    echo 'Cannot exit: configuration modified.'
    echo "Use 'exit discard' to discard the changes and exit."
    return 1
  fi
  ! cli-shell-api sessionUnsaved || echo 'Warning: configuration changes have not been saved.'
  cli-shell-api teardownSession
  unset _OFR_CONFIGURE
  builtin exit 0
}

_vyatta_level getEditResetEnv
for _vyatta_command in set delete rename copy comment discard; do
  alias "$_vyatta_command=/opt/vyatta/sbin/my_$_vyatta_command"
done
unset _vyatta_command
builtin set -o ignoreeof
