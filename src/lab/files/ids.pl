# Becoming a user and group of the router. The box has one real user; a name and a number of one's own come from a user
# namespace around the process, which the kernel then shows everywhere (id, ls, umask, $UID). Where there are no user
# namespaces only the group can change, by a capability that the box keeps for it.
package Ids;
use strict;
use warnings;

# Who the caller is to the router. Without user namespaces the kernel doesn't know, and a variable has to do.
sub uid { return -e '/run/lab/namespaces' ? $> + 0 : $ENV{LAB_UID} // 1000 }

# The words to put before a command so that it runs as uid and gid.
sub as {
    my ($uid, $gid) = @_;
    return ('/usr/bin/unshare', '-U', "--map-user=$uid", "--map-group=$gid", '--') if -e '/run/lab/namespaces';
    return ('/usr/bin/env', "LAB_UID=$uid", '/usr/bin/setpriv', "--regid=$gid", '--clear-groups', '--');
}

# The words to put before these so that /config can't be read, as operators find it.
sub without_config {
    return () if !-e '/run/lab/namespaces';
    return ('/usr/bin/unshare', '-m', '--', '/bin/sh', '-c', 'mount --bind /run/lab/unreadable /config && exec "$@"', 'sh');
}

# Runs a command as a child, waits for it, and ends as it ended.
sub run_and_end {
    my @command = @_;
    my $pid = fork // die "fork: $!\n";
    if (!$pid) {
        { no warnings 'exec'; exec { $command[0] } @command }
        print STDERR "$command[0]: $!\n";
        exit 127;
    }
    local $SIG{INT}  = 'IGNORE';
    local $SIG{QUIT} = 'IGNORE';
    waitpid $pid, 0;
    my $status = $?;
    if (my $signal = $status & 127) { $SIG{$_} = 'DEFAULT' for 'INT', 'QUIT'; kill $signal, $$ }
    exit $status >> 8;
}

1;
