"""Which TCP ports are free."""

import socket


def is_taken(host: str, port: int) -> bool:
    """Return whether something already listens on the address, or it cannot be bound at all."""
    with socket.socket() as probe:
        # As a server does, so that a port just given up does not look taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def free_port() -> int:
    """Return a loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
