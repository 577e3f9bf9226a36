"""Guetteur: tells people when a page only looks like their bank, tax office or parcel carrier."""

__version__ = "0.1.0"
