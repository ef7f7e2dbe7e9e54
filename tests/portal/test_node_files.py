"""Which files of node packages are served."""

import pytest
from django.contrib.staticfiles import finders

from portal.node_files import NODE_FILES, NodeFilesFinder
from portal.reports.typeface import installed


@pytest.mark.parametrize(
    "path",
    [
        "vendor/chart.js/dist/chart.umd.js",
        "vendor/htmx.org/dist/htmx.min.js",
        "vendor/@fontsource/be-vietnam-pro/files/be-vietnam-pro-vietnamese-400-normal.woff2",
    ],
)
def test_listed_files_are_found(path: str) -> None:
    assert finders.find(path)


@pytest.mark.parametrize(
    "path",
    [
        "vendor/chart.js/package.json",
        "vendor/../package.json",
        "vendor/chart.js/dist/../../../manage.py",
        "chart.js/dist/chart.umd.js",
        "vendor/",
    ],
)
def test_nothing_else_is_found(path: str) -> None:
    assert not NodeFilesFinder().find(path)


def test_every_listed_file_is_collected_and_can_be_read() -> None:
    collected = list(NodeFilesFinder().list([]))
    assert len(collected) == len(NODE_FILES)
    for path, storage in collected:
        with storage.open(path) as file:
            assert file.read(1)


def test_a_missing_installation_is_a_warning_that_says_what_to_do(settings, tmp_path) -> None:
    settings.BASE_DIR = tmp_path
    (warning,) = NodeFilesFinder().check()
    assert "make setup" in str(warning.hint)


def test_without_the_typeface_of_papers_a_check_says_so(settings, tmp_path) -> None:
    assert installed(None) == []
    settings.BASE_DIR = tmp_path
    (warning,) = installed(None)
    assert "make setup" in str(warning.hint)
