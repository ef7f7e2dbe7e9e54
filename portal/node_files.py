"""Serve single files of node packages as static files, under `vendor/`, and nothing else of them."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.checks import CheckMessage, Warning
from django.core.files.storage import FileSystemStorage, Storage

PREFIX = "vendor/"

FONT_FILES = [
    f"@fontsource/be-vietnam-pro/files/be-vietnam-pro-{script}-{weight}-normal.woff2"
    for script in ("vietnamese", "latin", "latin-ext")
    for weight in (400, 500, 600, 700)
]
# As under node_modules/: `vendor/chart.js/dist/chart.umd.js` is what a template asks for.
NODE_FILES = frozenset(
    [
        "chart.js/dist/chart.umd.js",
        "chart.js/dist/chart.umd.js.map",
        "htmx.org/dist/htmx.min.js",
        *FONT_FILES,
    ]
)


class NodeFileStorage(FileSystemStorage):
    """A view of node_modules that knows only the listed files, with `vendor/` before their names."""

    def path(self, name: str) -> str:
        """Return where a file lies on disk."""
        return str(Path(settings.BASE_DIR, "node_modules", name.removeprefix(PREFIX)))

    def exists(self, name: str) -> bool:
        """Return whether the file is listed and installed."""
        listed = name.startswith(PREFIX) and name.removeprefix(PREFIX) in NODE_FILES
        return listed and Path(self.path(name)).is_file()


class NodeFilesFinder(BaseFinder):
    """Find the listed files for collectstatic and for the development server."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.storage = NodeFileStorage()

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Warn when listed files are not installed."""
        missing = sorted(name for name in NODE_FILES if not self.storage.exists(PREFIX + name))
        if not missing:
            return []
        return [
            Warning(
                f"{len(missing)} browser files are not installed, such as {missing[0]}.",
                hint="Run `make setup`, or `npm ci`.",
                id="portal.W003",
            )
        ]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Return the file behind a static path (a list of it with `find_all`), or an empty list."""
        if not self.storage.exists(path):
            return []
        found = self.storage.path(path)
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Yield every installed file with the storage that opens it."""
        for name in sorted(NODE_FILES):
            path = PREFIX + name
            if self.storage.exists(path) and not matches_patterns(path, list(ignore_patterns or [])):
                yield path, self.storage
