#!/usr/bin/perl
# `id` and `groups` as on the router, where a user is in several groups; the process itself has only its primary one here.
use strict;
use warnings;
require '/run/lab/files/ids.pl';

my ($called) = $0 =~ m{([^/]+)$};
my ($options, $user) = ('');
for (@ARGV) {
    if    (/^--(user|group|groups|name|real|zero|context)$/) { $options .= { groups => 'G', context => 'Z' }->{$1} // substr $1, 0, 1 }
    elsif (/^-([ugGnrzZ]+)$/) { $options .= $1 }
    elsif (/^-/) { print STDERR "id: invalid option -- '" . substr($_, 1, 1) . "'\n"; exit 1 }
    else  { $user = $_ }
}
my ($uid, $gid) = (Ids::uid(), $) + 0);
if (defined $user) {
    my @entry = $user =~ /^\d+$/ ? getpwuid $user : getpwnam $user;
    if (!@entry) { print STDERR "$called: '$user': no such user\n"; exit 1 }
    ($uid, $gid) = @entry[2, 3];
}
my $name = getpwuid $uid;
my @groups = ($gid);
if (defined $name) {
    push @groups, (getpwuid $uid)[3];
    while (my ($group, undef, $number, $members) = getgrent) {
        push @groups, $number if grep { $_ eq $name } split / /, $members;
    }
}
my %seen;
@groups = grep { !$seen{$_}++ } @groups;

sub group_name { my ($number) = @_; return scalar(getgrgid $number) // $number }
sub shown { my ($number, $title) = @_; return defined $title && $title ne $number ? "$number($title)" : $number }

if ($called eq 'groups') { print join(' ', map { group_name($_) } @groups), "\n" }
elsif ($options =~ /G/) { print join(' ', map { $options =~ /n/ ? group_name($_) : $_ } @groups), "\n" }
elsif ($options =~ /g/) { print $options =~ /n/ ? group_name($gid) : $gid, "\n" }
elsif ($options =~ /u/) { print $options =~ /n/ ? $name // $uid : $uid, "\n" }
else {
    print 'uid=', shown($uid, $name), ' gid=', shown($gid, group_name($gid)),
        ' groups=', join(',', map { shown($_, group_name($_)) } @groups), "\n";
}
