"""The portal's addresses and the reference view."""

from django.urls import path

from portal.api.reading import ReadThrottle
from portal.urls import urlpatterns as of_the_portal
from tests.bench.reference import reference

# The measurement asks more often than a reader may.
ReadThrottle.rate = "1000000/min"

urlpatterns = [path("reference/", reference), *of_the_portal]
