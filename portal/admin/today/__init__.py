"""Today: how one's own agencies stand, and what waits to be done."""

from portal.admin.today.page import dashboard

__all__ = ["dashboard"]
