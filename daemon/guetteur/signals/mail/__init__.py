"""Signals of mails: one file each, found automatically."""
