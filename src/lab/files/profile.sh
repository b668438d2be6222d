# /etc/profile: what a login sees first.
export PATH=/usr/local/bin:/usr/bin:/bin:/sbin:/usr/sbin
umask 022
if [[ $- == *i* ]]; then
  [[ -e ~/.hushlogin ]] || cat /etc/motd 2>/dev/null
  [[ -n ${SSH_CLIENT-} ]] && echo "Last login: $(date '+%a %b %e %T %Y') from ${SSH_CLIENT%% *}"
  . /etc/bash.bashrc
fi
