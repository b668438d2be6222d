# /etc/default/vyatta: where things are, for every script that asks.
export vyatta_prefix=/opt/vyatta
export vyatta_bindir=/opt/vyatta/bin vyatta_sbindir=/opt/vyatta/sbin
export vyatta_sysconfdir=/opt/vyatta/etc vyatta_datadir=/opt/vyatta/share
export vyatta_op_templates=/opt/vyatta/share/vyatta-op/templates
export VYATTA_USER_LEVEL_DIR=/opt/vyatta/etc/shell/level/admin
case :$PATH: in
*:/opt/vyatta/bin:*) ;;
*) export PATH=$PATH:/opt/vyatta/bin:/opt/vyatta/sbin ;;
esac
_vyatta_less='less --buffers=64 --auto-buffers --no-lessopen --QUIT-AT-EOF --quit-if-one-screen --RAW-CONTROL-CHARS --squeeze-blank-lines --no-init'
