"""What this app tells those above it, in the transaction that made the change.

``agency_moved`` carries ``agency`` and ``parents``, the ids of the parent it left and the one it
came to: what is added up along either branch no longer holds.
"""

from django.dispatch import Signal

agency_moved = Signal()
