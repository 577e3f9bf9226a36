"""How a browser reaches the daemon: native messaging relay, unix socket, loopback."""
