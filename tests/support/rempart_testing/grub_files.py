"""Configurations of GRUB as its own tools write them, shortened."""

from rempart_testing.machine import RECORDED

# grub-mkconfig 2.12 of Debian 13, with GRUB_CMDLINE_LINUX="audit=1 audit_backlog_limit=8192"
DEBIAN = (RECORDED / "grub-debian-13.cfg").read_text()
# grub2-mkconfig 2.06 of RHEL 9: 00_header, 01_users, 10_linux with BLS
RHEL = r"""### BEGIN /etc/grub.d/00_header ###
if [ -f ${config_directory}/grubenv ]; then
  load_env -f ${config_directory}/grubenv
elif [ -s $prefix/grubenv ]; then
  load_env
fi
### END /etc/grub.d/00_header ###

### BEGIN /etc/grub.d/01_users ###
if [ -f ${prefix}/user.cfg ]; then
  source ${prefix}/user.cfg
  if [ -n "${GRUB2_PASSWORD}" ]; then
    set superusers="root"
    export superusers
    password_pbkdf2 root ${GRUB2_PASSWORD}
  fi
fi
### END /etc/grub.d/01_users ###

### BEGIN /etc/grub.d/10_linux ###
insmod part_gpt
insmod xfs
search --no-floppy --fs-uuid --set=root 0d5c6d3e-0000-4000-8000-aaaaaaaaaaaa
if [ -z "${kernelopts}" ]; then
  set kernelopts="root=/dev/mapper/rhel-root ro audit=1 "
fi

insmod blscfg
blscfg
### END /etc/grub.d/10_linux ###

### BEGIN /etc/grub.d/41_custom ###
if [ -f  ${config_directory}/custom.cfg ]; then
  source ${config_directory}/custom.cfg
elif [ -z "${config_directory}" -a -f  $prefix/custom.cfg ]; then
  source $prefix/custom.cfg
fi
### END /etc/grub.d/41_custom ###
"""
# grub2-editenv of RHEL 8
GRUBENV = (
    "# GRUB Environment Block\nkernelopts=root=/dev/mapper/rhel-root ro audit=1 audit_backlog_limit=8192 \n" + "#" * 900
)
# the EFI system partition of Debian 13 (grub-install)
STUB = """search.fs_uuid 0d5c6d3e-0000-4000-8000-aaaaaaaaaaaa root hd0,gpt2
set prefix=($root)'/boot/grub'
configfile $prefix/grub.cfg
"""
# grub-mkpasswd-pbkdf2 2.12
HASH = "grub.pbkdf2.sha512.10000." + "AB" * 64 + "." + "CD" * 64
