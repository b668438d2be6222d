#!/usr/bin/perl
# Process 1 of the box. Its standard input is the line to the lab: when that closes, however the lab ended, it ends and
# the kernel ends everything in the box. It starts one process per SSH connection (sshd.pl) and the one that reads and
# writes files for the engine (filer.pl), and buries orphans.
#
# standard input: a line with the token by which its children prove to the lab who they are, then commands, one a line:
#   connection ID    a process for the SSH connection ID, which dials the lab by itself
#   filer            the process for files
#   hostname NAME
use strict;
use warnings;
use POSIX ();

my $lab = '/run/lab';
our $token = '';
$0 = 'init';
$SIG{PIPE} = 'IGNORE';
require "$lab/files/wire.pl";
require "$lab/files/sshd.pl";
require "$lab/files/filer.pl";

# Children are buried by the handler; sysread is restarted by hand when it interrupts.
$SIG{CHLD} = sub { 1 while waitpid(-1, POSIX::WNOHANG()) > 0 };

sub child {
    my ($work, @args) = @_;
    my $pid = fork;
    return if !defined $pid || $pid;
    $SIG{CHLD} = 'DEFAULT';
    open STDIN, '<', '/dev/null';
    $work->(@args);
    POSIX::_exit(0);
}

syswrite STDOUT, "ready\n";
my $buffer = '';
while (1) {
    my $got = sysread STDIN, $buffer, 4096, length $buffer;
    next if !defined $got && $!{EINTR};
    last if !$got;
    while ($buffer =~ s/^([^\n]*)\n//) {
        my ($what, $argument) = split / /, $1, 2;
        if (!$token) { $token = $what; next }
        if    ($what eq 'connection') { child(\&Sshd::serve, $argument) }
        elsif ($what eq 'filer')      { child(\&Filer::serve) }
        elsif ($what eq 'hostname')   { system 'hostname', $argument }
    }
}

# Everything is gone when this process is.
kill 'KILL', -1;
1 while wait != -1;
