"""What the files of the GRUB boot loader say."""
