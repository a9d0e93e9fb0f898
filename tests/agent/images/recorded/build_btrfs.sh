#!/bin/sh
# Writes btrfs.img.xz and btrfs.json.xz as root, by btrfs of the kernel: mount needs root, and mkfs.btrfs --rootdir makes
# no snapshots, packs one way, and loses devices. The manifest is what lstat(2), read(2) and getxattr(2) say of the mount.
# Run: unshare -m sh build_btrfs.sh FOLDER (btrfs-progs, attr, xz)
set -e
out=$(readlink -f "$1")
cd "$(mktemp -d)"
mkdir m
truncate -s 128M disk
id=11111111-2222-4333-8444-555555555555
mkfs.btrfs -q -L system -U $id disk
mount --make-rprivate /
mount -o loop,noatime disk m
for s in @ @home @snapshots; do btrfs -q subvolume create m/$s; done
r=m/@
mkdir -p $r/etc $r/var/lib $r/data $r/home
printf 'ID=debian\nNAME="Debian GNU/Linux"\nVERSION_ID="13"\n' >$r/etc/os-release
printf "UUID=$id / btrfs subvol=/@,noatime 0 0\nUUID=$id /home btrfs subvol=@home,nosuid 0 0\n" >$r/etc/fstab
mkdir m/@home/ann
echo mine >m/@home/ann/own
d=$r/data
seq 1 30000 >$d/plain
for c in zlib lzo zstd; do
    touch $d/$c $d/$c-small
    btrfs property set $d/$c compression $c
    btrfs property set $d/$c-small compression $c
    seq 1 30000 >$d/$c
    yes $c | head -c 1500 >$d/$c-small
    { head -c 200000 /dev/zero; seq 1 9000; } >>$d/$c
done
sync
fallocate -l 300000 $d/prealloc
echo written | dd of=$d/prealloc bs=4096 seek=7 conv=notrunc status=none
cp --reflink=always $d/plain $d/clone
echo changed | dd of=$d/clone bs=4096 seek=11 conv=notrunc status=none
cp --reflink=always $d/zstd $d/zclone
echo changed | dd of=$d/zclone bs=1 seek=130000 conv=notrunc status=none
cp $d/plain $d/punched
sync
fallocate -p -o 40000 -l 90000 $d/punched
touch $d/nocow
chattr +C $d/nocow
seq 1 5000 >$d/nocow
truncate -s 20M $d/sparse
echo end | dd of=$d/sparse bs=1M seek=14 conv=notrunc status=none
: >$d/empty
printf x >$d/one
head -c 2048 /dev/zero | tr '\0' a >$d/inline-largest
head -c 4096 /dev/zero | tr '\0' b >$d/sector
ln $d/one $d/hard
mkdir $d/links $d/many
for i in $(seq 1 200); do ln $d/one "$d/links/another-name-of-the-same-file-$i"; done
for i in $(seq 1 300); do echo $i >"$d/many/a-name-that-fills-leaves-of-the-tree-$i"; done
ln -s one $d/link
ln -s /$(printf 'a%.0s' $(seq 1 3000)) $d/long-link
mkfifo $d/fifo
mknod $d/char c 5 1
mknod $d/block b 259 70000
python3 - $d <<'P'
import os, socket, sys
os.chdir(sys.argv[1])
socket.socket(socket.AF_UNIX).bind("socket")
os.setxattr("one", "user.large", b"v" * 3000)
os.setxattr("one", "security.selinux", b"system_u:object_r:etc_t:s0\0")
os.setxattr("inline-largest", "security.capability", bytes.fromhex("0100000200040000000000000000000000000000"))
for i in range(50):
    os.setxattr("empty", "user.a%d" % i, b"%d" % i)
acl = "02000000" "01000600ffffffff" "02000400d2040000" "04000400ffffffff" "10000400ffffffff" "20000400ffffffff"
os.setxattr("sector", "system.posix_acl_access", bytes.fromhex(acl))
open(b"caf\xe9", "w").write("x")
open("n" * 255, "w").write("x")
os.chown("one", 70000, 80000)
os.chmod("one", 0o6755)
os.chown("link", 12, 34, follow_symlinks=False)
os.utime("one", ns=(-5_000_000_001, 3_000_000_000_123_456_789))
P
btrfs -q subvolume create $r/var/lib/nested
echo deep >$r/var/lib/nested/file
btrfs -q subvolume create $r/var/lib/nested/er
echo deeper >$r/var/lib/nested/er/file
mkdir -p m/@snapshots/1
echo removed later >$d/removed
btrfs -q subvolume snapshot -r $r m/@snapshots/1/snapshot
echo later >$d/later
rm $d/many/*-7 $d/removed
btrfs -q subvolume create m/gone
echo x >m/gone/x
btrfs -q subvolume delete -C m/gone
umount m
mount -o loop,ro,noatime disk m
python3 - m >btrfs.json <<'P'
import hashlib, json, os, stat, sys
top, found = os.fsencode(sys.argv[1]), {}
for folder, folders, files in os.walk(top):
    for name in folders + files:
        path = os.path.join(folder, name)
        one = os.lstat(path)
        said = [one.st_mode, one.st_uid, one.st_gid, one.st_nlink, one.st_size, one.st_mtime_ns, one.st_ctime_ns, one.st_rdev]
        kind = stat.S_IFMT(one.st_mode)
        content = os.readlink(path).decode() if kind == stat.S_IFLNK else ""
        if kind == stat.S_IFREG:
            content = hashlib.sha256(open(path, "rb").read()).hexdigest()
        names = os.listxattr(path, follow_symlinks=False) if kind in (stat.S_IFREG, stat.S_IFDIR) else []
        attributes = {name: os.getxattr(path, name).hex() for name in names if name != "btrfs.compression"}
        key = os.fsdecode(path[len(top):]).encode("utf-8", "surrogateescape").decode("latin-1")
        found[key] = [*said, content, attributes, f"{one.st_dev} {one.st_ino}"]
json.dump(found, sys.stdout, separators=(",", ":"))
P
umount m
xz -9e disk btrfs.json
mv disk.xz "$out/btrfs.img.xz"
mv btrfs.json.xz "$out/btrfs.json.xz"
