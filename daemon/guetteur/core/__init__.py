"""The part that decides: no I/O, no clock, no asyncio. Everything it needs is passed in."""
