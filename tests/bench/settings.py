"""The portal as tests run it, with the measurements' own addresses beside its own."""

from tests.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
