"""Registers: dated facts that people keep in files, read by the rules that hold for machines."""
