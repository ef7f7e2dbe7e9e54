"""The WSGI application that granian serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

application = get_wsgi_application()

# What is loaded by now stays: left to the collector, it would be gone through again in every eighth batch
# of dossiers.
gc.collect()
gc.freeze()
