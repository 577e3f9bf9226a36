"""On PYTHONPATH: keeps the daemon and the processes it starts off the network; what they ask fails as if unplugged."""

import errno
import socket
import sys

_SENDING = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})


def _refuse(event: str, args: tuple) -> None:
    if event in _SENDING and args[0].family in (socket.AF_INET, socket.AF_INET6):
        raise OSError(errno.ENETUNREACH, "off the network")
    if event == "socket.getaddrinfo":
        raise socket.gaierror(socket.EAI_AGAIN, "off the network")


sys.addaudithook(_refuse)
