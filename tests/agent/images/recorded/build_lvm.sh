#!/bin/bash
# Makes lvm-one.raw.xz and lvm-two.raw.xz: two disks of one volume group, by LVM itself. Needs root, two loop devices, and
# lvm2; no device mapper. Each 64 KiB of their data say where they lie, so that a test knows what a volume must hold.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
cd "$work"
export LVM_SUPPRESS_FD_WARNINGS=1 LVM_SYSTEM_DIR="$work/etc"
mkdir etc
python3 - <<'END'
for name in ("one", "two"):
    with open(f"{name}.raw", "wb") as disk:
        disk.write(bytes(1 << 20))
        for chunk in range(7 * 16):
            disk.write((f"{name} {chunk:04d}\n".encode() * 8192)[:65536])
END
one=$(losetup -f --show one.raw)
two=$(losetup -f --show two.raw)
trap 'losetup -d "$one" "$two"; rm -r "$work"' EXIT
cat >etc/lvm.conf <<END
devices { use_devicesfile=0 filter=["a|^$one\$|","a|^$two\$|","r|.*|"] global_filter=["a|^$one\$|","a|^$two\$|","r|.*|"]
  md_component_detection=0 external_device_info_source="none" obtain_device_list_from_udev=0 sysfs_scan=0 multipath_component_detection=0 }
activation { udev_sync=0 udev_rules=0 verify_udev_operations=0 monitoring=0 }
backup { backup=0 archive=0 }
END
do_lvm() { lvm "$@" --driverloaded n; }
do_lvm pvcreate -q -y --dataalignment 1m "$one" "$two"
do_lvm vgcreate -q -s 1m vg-data "$one" "$two"
make="lvcreate -q -an -Zn -Wn"
do_lvm $make -l 2 -n root vg-data "$one"                 # one 0-1
do_lvm $make -l 1 -n alone vg-data "$one"                # one 2
do_lvm $make -l 4 -i 2 -I 64k -n striped vg-data         # one 3-4, two 0-1
do_lvm lvextend -q -l +2 vg-data/root "$two"             # two 2-3
do_lvm $make -l 1 -n with-hyphen vg-data "$two"          # two 4
do_lvm $make -l 1 --type error -n bad vg-data
do_lvm lvs -a -o name,size,seg_type,devices vg-data
sync
for name in one two; do xz -9e -c "$name.raw" >"$here/lvm-$name.raw.xz"; done
