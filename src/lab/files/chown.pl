#!/usr/bin/perl
# `chown` and `chgrp`. The box's users are one user outside, so nothing can change hands; what is right on the router
# succeeds, what isn't fails as there.
use strict;
use warnings;

my ($called) = $0 =~ m{([^/]+)$};
my @words = grep { !/^-/ } @ARGV;
my $given = (grep { /^--reference=/ } @ARGV) ? ':' : shift @words;
if (!defined $given || !@words) { print STDERR "$called: missing operand\n"; exit 1 }
my ($user, $group) = $called eq 'chgrp' ? ('', $given) : split /[:.]/, $given, 2;
if (length($user // '') && $user !~ /^\d+$/ && !defined getpwnam $user) { print STDERR "chown: invalid user: '$given'\n"; exit 1 }
if (length($group // '') && $group !~ /^\d+$/ && !defined getgrnam $group) {
    print STDERR "$called: invalid group: '$given'\n";
    exit 1;
}
my $failed = 0;
for (@words) {
    next if -e || -l;
    print STDERR "$called: cannot access '$_': No such file or directory\n";
    $failed = 1;
}
exit $failed;
