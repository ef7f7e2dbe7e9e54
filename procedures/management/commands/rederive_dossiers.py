"""Derive what dossiers' handling came to anew, after the calendar or a rule changed."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from agencies.codes import code_map
from agencies.models.agency import within
from procedures.catalogue_effects import rederive_each
from procedures.models import Dossier, Procedure


class Command(BaseCommand):
    help = "Derive dossiers' handling anew and mark the months that change: all, or some."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--procedure", metavar="CODE", help="only dossiers of this procedure")
        parser.add_argument("--agency", metavar="CODE", help="only dossiers of this agency's subtree")

    def handle(self, *args: Any, **options: Any) -> None:
        dossiers = Dossier.objects.all()
        if options["procedure"]:
            procedure = Procedure.objects.filter(code=options["procedure"]).first()
            if procedure is None:
                raise CommandError(f"No procedure has the code {options['procedure']}.")
            dossiers = dossiers.filter(procedure=procedure)
        if options["agency"]:
            place = code_map().agency_of(options["agency"])
            if place is None:
                raise CommandError(f"No agency has the code {options['agency']}.")
            dossiers = dossiers.filter(within(place.path, "agency__path"))
        count = rederive_each(dossiers, timezone.now())
        self.stdout.write(f"{count} dossiers derived anew.")
