# What `ssh router 'vbash -s' < script_template.sh` runs there.
source /opt/vyatta/etc/functions/script-template
configure
set interfaces ethernet eth1 description 'by script-template'
commit
save
exit
/opt/vyatta/bin/vyatta-op-cmd-wrapper show configuration commands | grep 'by script-template'
