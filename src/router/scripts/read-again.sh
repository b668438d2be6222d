# What an apply asks of its second connection besides (read.sh): the applies that wait for their proof, and, by a word `kernel-…` each, parts
# of the kernel. A script of its own, in front of read.sh: a forced command must be short, and no apply runs under one.
again() {
  records waiting
  case $words in *kernel-*) records netfilter rules sources ;; esac
}
waiting() { local token; for token in /tmp/edgewg/*/waiting; do [ ! -e "$token" ] || printf '%s\n' "$token"; done; }
# iptables-save: of one table, or of all for the price of one; one sudo for both families
saves() { # program, tables
  case $# in 1) ;; 2) run+="echo $1; $1 -t $2; " ;; *) run+="echo $1; $1; " ;; esac
}
netfilter() {
  local run='' four='' six='' table
  for table in filter mangle nat; do
    ! wants "kernel-$table" || four+=" $table"
    ! wants "kernel-${table}6" || six+=" $table"
  done
  saves iptables-save $four
  saves ip6tables-save $six
  [ -z "$run" ] || sudo -n sh -c "$run"
}
rules() { ! wants kernel-rules || ip -4 rule show; }
# how the kernel checks the sources of packets: a file each
sources() {
  local file mode
  ! wants kernel-sources || for file in /proc/sys/net/ipv4/conf/{all,wg*}/rp_filter; do
    file=${file%/rp_filter}
    read -r mode <"$file/rp_filter" && printf '%s %s\n' "${file##*/}" "$mode"
  done
  return 0
}
