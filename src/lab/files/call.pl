#!/usr/bin/perl
# A program of the router, under whichever name this is called: tells the lab who calls with which words, prints what it
# answers, byte for byte, and ends with its exit code. Kept small, since every set line of a script starts it.
use strict;
require '/run/lab/files/wire.pl';

my ($program) = $0 =~ m{([^/]+)$};
my $reads = $program eq "at" || $program eq "wg" && grep { $_ eq "pubkey" || m{^/dev/(stdin|fd/0)$} } @ARGV;
my $stdin = $reads ? do { local $/; scalar <STDIN> // '' } : '';
my $tty = -t STDOUT ? readlink('/proc/self/fd/1') =~ s{^/dev/}{}r : '';
my $uid = -e '/run/lab/namespaces' ? $> + 0 : $ENV{LAB_UID} // 1000;    # as in ids.pl
my @environment = map { "$_=$ENV{$_}" } grep { /^(VYATTA_|COMMIT_|CMD_WRAPPER_)/ } keys %ENV;

my $lab = eval { Wire::dial('call', $program, $$, getppid(), $uid, $) + 0, readlink('/proc/self/cwd'), $tty, $stdin,
    scalar @environment, @environment, @ARGV) };
if (!$lab) { print STDERR $@; exit 1 }
my $buffer = '';
my $answer = Wire::hear($lab, \$buffer) or exit 1;
my ($code, $stdout, $stderr) = Wire::values_in($answer->[2]);
Wire::say_all(\*STDOUT, $stdout);
Wire::say_all(\*STDERR, $stderr);
exit $code;
