"""What the browser tests stand on: a local web, two browsers, the daemon, and eyes."""
