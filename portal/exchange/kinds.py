"""Every table that files can hold and every kind of job there is: importing this declares them.

Tables are listed in the order in which they are declared.
"""

from agencies import log_verification
from agencies import resources as _agencies
from agencies.exchange import exporting, importing
from portal.exchange import behind_file
from procedures import resources as _procedures

__all__ = ["_agencies", "_procedures", "behind_file", "exporting", "importing", "log_verification"]
