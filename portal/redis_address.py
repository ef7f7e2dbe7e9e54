"""Redis addresses: one server, several numbered databases."""

from urllib.parse import urlsplit, urlunsplit


def with_database(url: str, number: int) -> str:
    """Return the same server's address with another database number."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{number}"))


def database_number(url: str) -> int:
    """Return the database number that an address names, 0 when it names none."""
    return int(urlsplit(url).path.strip("/") or 0)
