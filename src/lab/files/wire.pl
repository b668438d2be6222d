# What the box's processes and the lab say to each other over /run/lab/sock: frames of a 32-bit length (of what follows),
# a letter, a 32-bit number (a channel or a request) and a payload. Several values in a payload are each preceded by their
# 32-bit length. Big-endian.
# Loaded by every call, so that it does without modules that take longer to load than the call: even `use warnings`.
package Wire;
use strict;

sub EINTR() { 4 }

# Connects and says who it is; the lab sends nothing before it has read that.
sub dial {
    my @hello = @_;
    socket(my $sock, 1, 1, 0) or die "socket: $!\n";    # AF_UNIX, SOCK_STREAM: loading Socket.pm costs more than the call
    connect($sock, pack('Sa*', 1, '/run/lab/sock')) or die "edgewg lab: its engine doesn't answer: $!\n";
    say_all($sock, frame('H', 0, values_of(@hello)));
    return $sock;
}

sub values_of { return pack('(N/a*)*', @_) }
sub values_in { return unpack('(N/a*)*', $_[0]) }
sub frame     { my ($letter, $id, $payload) = @_; return pack('NaNa*', 5 + length $payload, $letter, $id, $payload) }

# Takes a complete frame [letter, id, payload] off the front of the buffer (a reference); undef when there is none yet.
sub next_frame {
    my ($buffer) = @_;
    return if length $$buffer < 9;
    my $length = unpack 'N', $$buffer;
    return if length $$buffer < 4 + $length;
    return [unpack 'x4aNa' . ($length - 5), substr $$buffer, 0, 4 + $length, ''];
}

sub say_all {
    my ($handle, $bytes) = @_;
    my $at = 0;
    while ($at < length $bytes) {
        my $sent = syswrite $handle, $bytes, length($bytes) - $at, $at;
        next if !defined $sent && $! == EINTR;
        return 0 if !defined $sent;
        $at += $sent;
    }
    return 1;
}

# Blocks until a whole frame is there; undef at the end.
sub hear {
    my ($handle, $buffer) = @_;
    while (1) {
        my $frame = next_frame($buffer);
        return $frame if $frame;
        my $got = sysread $handle, $$buffer, 65536, length $$buffer;
        next if !defined $got && $! == EINTR;
        return if !$got;
    }
}

1;
