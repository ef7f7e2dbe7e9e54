"""What this app tells those above it, in the transaction that made the change.

``counts_changed`` carries ``spans``: a set of ``(agency_id, first_month, last_month)`` whose counts
no longer hold. ``catalogue_changed`` carries ``agency_ids`` whose offered or announced procedures
changed.
"""

from django.dispatch import Signal

counts_changed = Signal()
catalogue_changed = Signal()
