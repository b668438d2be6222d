# Makes the box's root and becomes its first process. Runs in fresh mount, pid, network, ipc and uts namespaces with the
# lab's folder as working directory; nothing that it mounts is seen outside. It must not trust anything below root/, which
# a client of an earlier run may have written: paths below it are only ever sources of bind mounts without a link in them.
#
# usage: sh root.sh HOSTNAME INIT...    (INIT: the command that becomes process 1, run inside the new root)
set -eu
umask 022
hostname=$1
shift

# Read-only, keeping what the mount below already forbids: in a user namespace those flags can't be taken off.
readonly_bind() {
  mount -o bind,ro "$1" "$2" 2>/dev/null && return
  mount --bind "$1" "$2"
  mount -o "remount,bind,ro,$(findmnt -no VFS-OPTIONS --target "$2" | sed 's/\brw\b,*//')" "$2"
}

new=/tmp
mount -t tmpfs -o mode=755,size=64m box "$new"
mkdir -p "$new/usr/bin" "$new/usr/sbin" "$new/usr/.bin" "$new/usr/.sbin" "$new/proc" "$new/dev" "$new/sys" \
  "$new/usr/local/bin" "$new/usr/local/sbin" "$new/mnt" "$new/media" "$new/srv" "$new/.old"

# The system's own programs and libraries. Those of bin and sbin are links, so that the router's can stand among them.
for dir in /usr/*; do
  case $dir in /usr/bin | /usr/sbin | /usr/local | /usr/src | '/usr/*') continue ;; esac
  if [ -L "$dir" ]; then
    cp -P "$dir" "$new$dir"
  elif [ -d "$dir" ]; then
    mkdir "$new$dir" && readonly_bind "$dir" "$new$dir"
  fi
done
for dir in bin sbin; do
  if [ -L "/usr/$dir" ]; then
    rmdir "$new/usr/$dir" && cp -P "/usr/$dir" "$new/usr/$dir"
  else
    readonly_bind "/usr/$dir" "$new/usr/.$dir"
    (cd "$new/usr/$dir" && ln -s "../.$dir"/* .)
  fi
  ln -s "usr/$dir" "$new/$dir"
done
cp -a --remove-destination ./lab/own/. "$new/"
for dir in /lib /lib32 /lib64 /libx32; do
  if [ -L "$dir" ]; then
    cp -P "$dir" "$new$dir"
  elif [ -d "$dir" ]; then
    mkdir "$new$dir" && readonly_bind "$dir" "$new$dir"
  fi
done

# What is the router's own and may be written.
for dir in config etc home opt root run tmp var; do
  mkdir -p "$new/$dir"
  mount --bind "./root/$dir" "$new/$dir"
done
mkdir -p "$new/run/lab"
readonly_bind ./lab/run "$new/run/lab"
if [ -d /etc/alternatives ]; then
  mkdir -p "$new/etc/alternatives"
  readonly_bind /etc/alternatives "$new/etc/alternatives"
fi
[ ! -e /etc/ld.so.cache ] || cp /etc/ld.so.cache "$new/etc/"

mount -t proc proc "$new/proc"
# another one at each start, as after each restart of a machine
cat /proc/sys/kernel/random/uuid >"$new/.boot_id"
mount --bind "$new/.boot_id" "$new/proc/sys/kernel/random/boot_id"
mount -t tmpfs -o mode=755,size=64k dev "$new/dev"
mkdir "$new/dev/pts" "$new/dev/shm"
for node in null zero full random urandom tty; do
  : >"$new/dev/$node"
  mount --bind "/dev/$node" "$new/dev/$node"
done
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$new/dev/pts"
mount -t tmpfs -o mode=1777,size=64m shm "$new/dev/shm"
ln -s pts/ptmx "$new/dev/ptmx"
ln -s /proc/self/fd "$new/dev/fd"
ln -s /proc/self/fd/0 "$new/dev/stdin"
ln -s /proc/self/fd/1 "$new/dev/stdout"
ln -s /proc/self/fd/2 "$new/dev/stderr"
hostname "$hostname"
# the router reaches itself, and nobody else: SIOCGIFFLAGS, and SIOCSIFFLAGS with IFF_UP (netdevice(7))
perl -MSocket -e '
  socket(my $s, AF_INET, SOCK_DGRAM, 0) or die "$!\n";
  my $request = pack "a16 x16", "lo";
  ioctl($s, 0x8913, $request) or die "$!\n";
  my (undef, $flags) = unpack "a16 S", $request;
  ioctl($s, 0x8914, $request = pack "a16 S x14", "lo", $flags | 1) or die "$!\n";
' 2>/dev/null || true

cd "$new"
pivot_root . .old
umount -l .old
rmdir .old
exec "$@"
