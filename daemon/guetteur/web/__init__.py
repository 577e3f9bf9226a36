"""The daemon's HTTP face: thin routes, one guard, typed JSON."""
