#!/bin/sh
# `uname` of the release that the lab is, on an EdgeRouter X.
read -r kernel </etc/lab-kernel
[ $# -gt 0 ] || set -- -s
said=
for word; do
  case $word in
  --kernel-release) word=-r ;;
  --machine) word=-m ;;
  --nodename) word=-n ;;
  --kernel-name) word=-s ;;
  --kernel-version) word=-v ;;
  --all) word=-a ;;
  esac
  case $word in -[asnrvmpio] | -[asnrvmpio][asnrvmpio]*) said=$said${word#-} ;; *) exec /usr/.bin/uname "$@" ;; esac
done
set --
for part in s n r v m o; do
  case $said in *a* | *$part*) ;; *) continue ;; esac
  case $part in
  s) set -- "$@" Linux ;;
  n) set -- "$@" "$(hostname)" ;;
  r) set -- "$@" "$kernel" ;;
  v) set -- "$@" '#1 SMP' ;;
  m) set -- "$@" mips ;;
  o) set -- "$@" GNU/Linux ;;
  esac
done
echo "$@"
