#!/usr/bin/perl
# `sudo` as the router's admins have it: without a password. An operator is refused.
use strict;
use warnings;
require '/run/lab/files/ids.pl';

my ($user, $group, $login) = ('root');
while (@ARGV && $ARGV[0] =~ /^-/) {
    my $option = shift @ARGV;
    last if $option eq '--';
    if    ($option eq '-u') { $user  = shift @ARGV }
    elsif ($option eq '-g') { $group = shift @ARGV }
    elsif ($option =~ /^-[is]$/) { $login = 1 }
    elsif ($option =~ /^-[vkK]$/) { exit 0 }
    elsif ($option !~ /^-[nEHSb]+$/) { print STDERR "sudo: unrecognized option '$option'\n"; exit 1 }
}
my %variables;
while (@ARGV && $ARGV[0] =~ /^(\w+)=(.*)$/s) { $variables{$1} = $2; shift @ARGV }

my $uid_of_caller = Ids::uid();
my $caller = getpwuid($uid_of_caller) // '';
my @admins = split / /, (getgrnam 'sudo')[3] // '';
if ($uid_of_caller != 0 && !grep { $_ eq $caller } @admins) { print STDERR "sudo: a password is required\n"; exit 1 }
my @entry = getpwnam $user or do { print STDERR "sudo: unknown user: $user\n"; exit 1 };
my ($uid, $gid, $home, $shell) = @entry[2, 3, 7, 8];
$gid = (getgrnam $group)[2] // $gid if defined $group;

my @command = @ARGV ? @ARGV : $login ? ($shell) : do { print STDERR "usage: sudo command\n"; exit 1 };
my @kept = map { ($_ => $ENV{$_}) } grep { exists $ENV{$_} } 'TERM', 'LANG', 'LC_ALL', 'SSH_TTY';
%ENV = (@kept, HOME => $home, USER => $user, LOGNAME => $user, SHELL => $shell, SUDO_USER => $caller, SUDO_UID => $uid_of_caller,
    SUDO_GID => $) + 0, PATH => '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/vyatta/bin:/opt/vyatta/sbin', %variables);
Ids::run_and_end(Ids::as($uid, $gid), @command);
