# Reads and writes the box's files for the engine, which lives outside: here a path and every link in it mean what they
# mean inside the box, whatever a client has put there. Also holds the commit lock, which other programs see and take
# with lockf.
#
# frames from the lab: R path, W path mode data, M from to, U path, L directory, K take the lock, k release it. The
# values of a path end with "1" when it is for a caller without root's rights. Each is answered by
# `a` with an error's name (or nothing) and the data.
package Filer;
use strict;
use warnings;
use Errno ();
use Fcntl ();

use constant LOCK_FILE => '/opt/vyatta/config/.lock';
my $lock;

my %work = (
    R => sub { my ($path, $limited) = @_; return allowed($path, 0400, $limited) ? slurp($path) : undef },
    W => \&spew,
    M => sub { return rename($_[0], $_[1]) ? '' : undef },
    U => sub { return (-d $_[0] && !-l $_[0] ? rmdir $_[0] : unlink $_[0]) ? '' : undef },
    L => sub {
        opendir my $directory, $_[0] or return;
        return Wire::values_of(grep { !/^\.\.?$/ } readdir $directory);
    },
    K => \&take,
    k => sub { undef $lock; return '' },
);

sub serve {
    $0 = 'filer';
    my $lab = Wire::dial('filer', '', $main::token);
    my $buffer = '';
    while (my $frame = Wire::hear($lab, \$buffer)) {
        my ($letter, $id, $payload) = @$frame;
        $! = 0;
        my $data = $work{$letter}->(Wire::values_in($payload));
        my ($error) = defined $data ? '' : grep { $!{$_} } keys %!;
        Wire::say_all($lab, Wire::frame('a', $id, Wire::values_of($error // 'EIO', $data // '')));
    }
}

# All of the box's users are one to the kernel, so that what the owner may do is all that it would check.
sub allowed {
    my ($path, $bit, $limited) = @_;
    my $mode = (stat $path)[2];
    return 1 if !$limited || !defined $mode || $mode & $bit;
    $! = Errno::EACCES();
    return 0;
}

sub slurp {
    my ($path) = @_;
    # Nothing but a plain file: opening a pipe would hold up everybody else's files.
    sysopen my $file, $path, Fcntl::O_RDONLY() | Fcntl::O_NONBLOCK() or return;
    if (!-f $file) { $! = -d _ ? Errno::EISDIR() : Errno::EINVAL(); return }
    local $/;
    return scalar(<$file>) // '';
}

sub spew {
    my ($path, $mode, $data, $limited) = @_;
    return if !allowed($path, 0200, $limited);
    sysopen my $file, $path, Fcntl::O_WRONLY() | Fcntl::O_CREAT() | Fcntl::O_TRUNC() | Fcntl::O_NONBLOCK(), 0600 or return;
    return if !Wire::say_all($file, $data) || !chmod oct $mode, $file;
    return close $file ? '' : undef;
}

sub take {
    open my $file, '+>>', LOCK_FILE or return;
    my $whole = pack 's! s! x![q] q q i x4', Fcntl::F_WRLCK(), 0, 0, 0, 0;
    fcntl $file, Fcntl::F_SETLK(), $whole or return;
    $lock = $file;
    return '';
}

1;
