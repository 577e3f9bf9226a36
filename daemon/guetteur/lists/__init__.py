"""Compiled host lists: one memory-mapped file each, read in place."""
