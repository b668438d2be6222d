# Opens channels of the lab's sshd.pl one after the other, whose processes close their pipes and die a random moment later,
# and says how many ended. arguments: the folder of the lab's scripts, how many channels
use strict;
use warnings;
use Socket;
use POSIX ();

my ($folder, $count) = @ARGV;
require "$folder/wire.pl";
socketpair my $inside, my $outside, AF_UNIX, SOCK_STREAM, 0 or die $!;
{ no warnings; *Wire::dial = sub { $inside } }

# the script as it is, but for what it needs of a box: users, and a program for the child
our $token = '';
my $script = do { local $/; open my $file, '<', "$folder/sshd.pl" or die $!; <$file> };
$script =~ s{require '/run/lab/files/ids.pl';}{sub Ids::as { () }} or die 'no ids';
my $death = 'POSIX::close($_) for 0 .. 2; my $n = int rand 400; 1 while $n-- > 0; POSIX::_exit(0)';
$script =~ s/exec \{ .*? \}.*?(?=;? \}\n)/$death/ or die 'no exec';
eval $script;
die $@ if $@;

my $pid = fork // die $!;
if (!$pid) { close $outside; Sshd::serve(1); POSIX::_exit(0) }
close $inside;
my $buffer = '';
my $ended  = 0;
for my $id (1 .. $count) {
    Wire::say_all($outside, Wire::frame('O', $id, Wire::values_of('', '', '', 0, 0, '/', 2, ('/bin/true') x 3)));
    my $is_closed = 0;
    while (!$is_closed) {
        my $readable = '';
        vec($readable, fileno $outside, 1) = 1;
        select $readable, undef, undef, 20 or last;
        sysread $outside, $buffer, 65536, length $buffer or last;
        while (my $frame = Wire::next_frame(\$buffer)) { $is_closed ||= $frame->[0] eq 'c' }
    }
    last if !$is_closed;
    $ended++;
}
print "$ended of $count ended\n";
kill 'KILL', $pid;
