"""What the kernel and D-Bus answer, for several tables; travels."""
