# One SSH connection's process, in the place of the router's sshd: the parent of what its channels run. What happens when
# the client goes away is the kernel's doing, as there: a terminal hangs up, a pipe breaks, and everything else goes on.
#
# frames from the lab: O open a channel (see `open_channel`), D data for its stdin, E the end of it, W rows and columns,
# S a signal's name, C the client closed it, P and R hold back and go on with its output.
# frames to the lab: o and e output, x exit code, X the signal's name that killed it, c closed, p and r as above for stdin.
package Sshd;
use strict;
use warnings;
use Config;
use POSIX ();
use IO::Handle ();
require '/run/lab/files/ids.pl';

use constant { TIOCSCTTY => 0x540E, TIOCSWINSZ => 0x5414, TIOCSPTLCK => 0x40045431, TIOCGPTN => 0x80045430 };
use constant HIGH_WATER => 1 << 18;

my ($lab, %channels, $replies);

sub reply { $replies .= Wire::frame(@_) }

sub serve {
    my ($id) = @_;
    $0 = 'sshd: connection';
    $lab = Wire::dial('connection', $id, $main::token);
    ($replies, %channels) = ('');
    my ($died, $wake);
    pipe $died, $wake;
    $_->blocking(0) for $died, $wake, $lab;
    # Perl runs a handler of %SIG between two of its steps: one that comes right before the system call of `select` waits
    # with it, for ever when nothing else comes. This one runs at once, and may only come while `select` waits.
    POSIX::sigaction(POSIX::SIGCHLD(), POSIX::SigAction->new(sub { syswrite $wake, '.' }));
    POSIX::sigprocmask(POSIX::SIG_BLOCK(), deaths());
    my $commands = '';
    while (1) {
        my ($readable, $writable) = wait_for($died);
        if (vec $readable, fileno $died, 1) {
            sysread $died, my $dots, 512;
            bury();
        }
        if (vec $readable, fileno $lab, 1) {
            my $got = sysread $lab, $commands, 65536, length $commands;
            last if defined $got && $got == 0;
            while (my $frame = Wire::next_frame(\$commands)) { obey(@$frame) }
        }
        for my $channel (values %channels) {
            feed($channel) if $channel->{in} && vec $writable, fileno $channel->{in}, 1;
            for my $letter ('o', 'e') {
                my $out = $channel->{$letter} or next;
                drain($channel, $letter) if vec $readable, fileno $out, 1;
            }
            finish($channel);
        }
        if (length $replies) {
            my $sent = syswrite $lab, $replies;
            last if !defined $sent && !$!{EAGAIN} && !$!{EINTR};
            substr $replies, 0, $sent, '' if $sent;
        }
    }
    # Ending closes every terminal and pipe; init inherits what still runs.
}

sub deaths { return POSIX::SigSet->new(POSIX::SIGCHLD()) }

sub wait_for {
    my ($died) = @_;
    my ($readable, $writable) = ('', '');
    vec($readable, fileno $_, 1) = 1 for $died, $lab;
    vec($writable, fileno $lab, 1) = 1 if length $replies;
    for my $channel (values %channels) {
        vec($writable, fileno $channel->{in}, 1) = 1 if $channel->{in} && length $channel->{pending};
        next if $channel->{held} || length $replies > HIGH_WATER;
        vec($readable, fileno $channel->{$_}, 1) = 1 for grep { $channel->{$_} } 'o', 'e';
    }
    POSIX::sigprocmask(POSIX::SIG_UNBLOCK(), deaths());
    select $readable, $writable, undef, undef;
    POSIX::sigprocmask(POSIX::SIG_BLOCK(), deaths());
    return ($readable, $writable);
}

sub obey {
    my ($letter, $id, $payload) = @_;
    return open_channel($id, Wire::values_in($payload)) if $letter eq 'O';
    my $channel = $channels{$id} or return;
    if ($letter eq 'D') {
        return if !$channel->{in};
        $channel->{pending} .= $payload;
        feed($channel);
        if (!$channel->{full} && length $channel->{pending} > HIGH_WATER) { $channel->{full} = 1; reply('p', $id, '') }
    }
    elsif ($letter eq 'E') { $channel->{last} = 1; feed($channel) }
    elsif ($letter eq 'W') { resize($channel->{o}, $payload) if $channel->{terminal} && $channel->{o} }
    elsif ($letter eq 'S') { kill "-$payload", $channel->{pid} if $payload =~ /^[A-Z0-9]+$/ && !$channel->{dead} }
    elsif ($letter eq 'P') { $channel->{held} = 1 }
    elsif ($letter eq 'R') { $channel->{held} = 0 }
    elsif ($letter eq 'C') { close_all($channel); delete $channels{$id} }
}

# Values: terminal ('' or "rows columns"), stty words, "1" for an operator, uid, gid, directory, number of arguments, the
# arguments (the first is the program's path, the second its name), variables as NAME=VALUE.
sub open_channel {
    my ($id, $terminal, $stty, $operator, $uid, $gid, $directory, $count, @rest) = @_;
    my ($program, @argv) = splice @rest, 0, $count;
    my %environment = map { /^([^=]+)=(.*)$/s ? ($1, $2) : () } @rest;
    my $channel = { id => $id, pending => '', terminal => length $terminal };
    my @child;    # its standard descriptors
    if ($channel->{terminal}) {
        my ($master, $slave, $name) = pty() or return reply('X', $id, 'ABRT'), reply('c', $id, '');
        resize($master, $terminal);
        $environment{SSH_TTY} = $name;
        @$channel{'in', 'o'} = ($master, $master);
        @child = ($slave) x 3;
    }
    else {
        pipe my $in_read,  my $in_write;
        pipe my $out_read, my $out_write;
        pipe my $err_read, my $err_write;
        @$channel{'in', 'o', 'e'} = ($in_write, $out_read, $err_read);
        @child = ($in_read, $out_write, $err_write);
    }
    $_->blocking(0) for grep { $_ } @$channel{'in', 'o', 'e'};
    my $pid = fork;
    return reply('X', $id, 'ABRT'), reply('c', $id, '') if !defined $pid;
    my @as = (($operator ? Ids::without_config() : ()), Ids::as($uid, $gid));
    become(\@child, $channel->{terminal}, $stty, @as, $directory, $program, \@argv, \%environment) if !$pid;
    $channel->{pid} = $pid;
    $channels{$id} = $channel;
}

sub become {
    my ($descriptors, $terminal, $stty, @rest) = @_;
    my ($environment, $argv, $program, $directory) = map { pop @rest } 1 .. 4;
    $SIG{$_} = 'DEFAULT' for 'CHLD', 'PIPE';
    POSIX::sigprocmask(POSIX::SIG_UNBLOCK(), deaths());
    POSIX::setsid();
    ioctl $descriptors->[0], TIOCSCTTY, 0 if $terminal;
    POSIX::dup2(fileno $descriptors->[$_], $_) for 0 .. 2;
    system '/usr/bin/stty', split / /, $stty if $terminal && $stty;
    %ENV = %$environment;
    umask 022;
    mkdir $directory if $directory =~ m{^/home/};
    chdir $directory or chdir "/";
    # bash gives the program its name as argument 0 (`-vbash` for a login), which unshare can't.
    my ($name, @arguments) = @$argv;
    my @named = $name eq $program ? ($program) : ('/bin/bash', '-c', 'exec -a "$0" "$@"', $name, $program);
    { no warnings 'exec'; exec { $rest[0] } @rest, @named, @arguments }
    POSIX::_exit(127);
}

sub pty {
    open my $master, '+<', '/dev/ptmx' or return;
    my $number = pack 'i', 0;
    ioctl $master, TIOCSPTLCK, $number or return;
    ioctl $master, TIOCGPTN,   $number or return;
    my $name = '/dev/pts/' . unpack 'i', $number;
    # Without O_NOCTTY this process, which leads no session, can't get it as its terminal anyway.
    open my $slave, '+<', $name or return;
    return ($master, $slave, $name);
}

sub resize { my ($master, $size) = @_; ioctl $master, TIOCSWINSZ, pack('S4', (split(/ /, $size), 0, 0, 0, 0)[0 .. 3]) }

sub feed {
    my ($channel) = @_;
    my $in = $channel->{in} or return;
    if (length $channel->{pending}) {
        my $sent = syswrite $in, $channel->{pending};
        if (defined $sent) { substr $channel->{pending}, 0, $sent, '' }
        elsif (!$!{EAGAIN} && !$!{EINTR}) { $channel->{pending} = ''; delete $channel->{in} if !$channel->{terminal} }
    }
    if ($channel->{full} && length $channel->{pending} < HIGH_WATER / 2) { $channel->{full} = 0; reply('r', $channel->{id}, '') }
    # A terminal has no end of input (sshd doesn't send one either).
    delete $channel->{in} if $channel->{last} && !length $channel->{pending} && !$channel->{terminal};
}

# Reads what is there; false at the end, after which the descriptor is gone.
sub drain {
    my ($channel, $letter) = @_;
    my $got = sysread $channel->{$letter}, my $data, 32768;
    return reply($letter, $channel->{id}, $data) if $got;
    return 0 if !defined $got && ($!{EAGAIN} || $!{EINTR});
    delete $channel->{$letter};
    return 0;
}

sub bury {
    while ((my $pid = waitpid -1, POSIX::WNOHANG()) > 0) {
        my $status = $?;
        my ($channel) = grep { $_->{pid} == $pid } values %channels or next;
        for my $letter ('o', 'e') { 1 while $channel->{$letter} && drain($channel, $letter) }
        $channel->{dead} = 1;
        my $signal = $status & 127;
        if ($signal) { reply('X', $channel->{id}, (split / /, $Config::Config{sig_name})[$signal]) }
        else         { reply('x', $channel->{id}, pack 'N', $status >> 8) }
        # A terminal is over with its shell; pipes live as long as somebody holds them.
        close_all($channel) if $channel->{terminal};
    }
}

sub finish {
    my ($channel) = @_;
    return if !$channel->{dead} || $channel->{o} || $channel->{e};
    reply('c', $channel->{id}, '');
    delete $channels{$channel->{id}};
}

sub close_all { my ($channel) = @_; delete @$channel{'in', 'o', 'e'} }

1;
