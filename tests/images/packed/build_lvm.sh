#!/bin/bash
# Makes the disks of LVM in which images/build.py lays a file system: lvm-linear.raw.xz, with the volume vg-root/root on
# one disk, and lvm-striped-{one,two}.raw.xz, with one over two disks in stripes of 64 KiB. Each has 28 extents of 1 MiB,
# and the data of a disk begins at 1 MiB. Needs root, loop devices and lvm2; no device mapper.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
cd "$work"
mkdir etc
export LVM_SUPPRESS_FD_WARNINGS=1 LVM_SYSTEM_DIR="$work/etc"
truncate -s 30M lvm-linear.raw
truncate -s 16M lvm-striped-one.raw lvm-striped-two.raw
devices=()
trap 'losetup -d "${devices[@]}"; rm -r "$work"' EXIT
for name in lvm-linear lvm-striped-one lvm-striped-two; do devices+=("$(losetup -f --show "$name.raw")"); done
filter=$(printf '"a|^%s$|",' "${devices[@]}")
cat >etc/lvm.conf <<END
devices { use_devicesfile=0 filter=[$filter"r|.*|"] global_filter=[$filter"r|.*|"] md_component_detection=0
  external_device_info_source="none" obtain_device_list_from_udev=0 sysfs_scan=0 multipath_component_detection=0 }
activation { udev_sync=0 udev_rules=0 verify_udev_operations=0 monitoring=0 }
backup { backup=0 archive=0 }
END
do_lvm() { lvm "$@" --driverloaded n; }
do_lvm pvcreate -q -y --dataalignment 1m "${devices[@]}"
do_lvm vgcreate -q -s 1m vg-linear "${devices[0]}"
do_lvm vgcreate -q -s 1m vg-striped "${devices[1]}" "${devices[2]}"
do_lvm lvcreate -q -an -Zn -Wn -l 28 -n root vg-linear
do_lvm lvcreate -q -an -Zn -Wn -l 28 -i 2 -I 64k -n root vg-striped
do_lvm lvs -o vg_name,name,size,seg_type,devices
sync
for disk in *.raw; do xz -9e -c "$disk" >"$here/$disk.xz"; done
