"""Compiled host lists: one file each, checked and read whole, asked in place."""
