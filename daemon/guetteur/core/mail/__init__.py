"""Mails: read from raw messages or from what a webmail shows, and prepared for the signals. No I/O."""
