#!/usr/bin/perl
# `sg` and `newgrp`: run something with another primary group. Stays as the parent of what it runs, as on the router
# (transcript interactive/11), and passes its end on.
use strict;
use warnings;
require '/run/lab/files/ids.pl';

my ($called) = $0 =~ m{([^/]+)$};
shift @ARGV if @ARGV && $ARGV[0] eq '-';
my ($name) = shift @ARGV;
my @words = @ARGV;
shift @words if @words && $words[0] eq '-c';
my $uid = Ids::uid();
my ($user, $primary) = (getpwuid $uid)[0, 3];
my ($gid, $members) = defined $name ? ((getgrnam $name)[2], (getgrnam $name)[3]) : ($primary, '');
if (!defined $gid) { print STDERR "$called: group '$name' does not exist\n"; exit 1 }
if ($uid != 0 && $gid != ($primary // -1) && !grep { $_ eq ($user // '') } split / /, $members) {
    # Nobody knows a group's password.
    print STDERR 'Password: ';
    sleep 1;
    print STDERR "Invalid password.\n";
    exit 1;
}
my @command = $called eq 'sg' && @words ? ('/bin/sh', '-c', $words[0]) : ($ENV{SHELL} // '/bin/sh');
Ids::run_and_end(Ids::as($uid, $gid), @command);
