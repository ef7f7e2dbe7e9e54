"""What a bulletin says in sentences and tables: the same on its page, on paper and in the workbook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from portal.figures import DASH, change, count, moment, points, rate
from portal.templatetags.marks import class_name
from scoring.bulletin import Bulletin, GroupLine, Units
from scoring.explanation import Guide, named
from scoring.standings import Change, Standing


def subject(told: Bulletin) -> str:
    """What it is about, in a line."""
    return _("Bulletin on serving citizens and businesses, %(period)s: %(agency)s") % {
        "period": told.period.label,
        "agency": told.agency.name,
    }


def standing_of_figures(told: Bulletin) -> str:
    """Whether the figures are final, and of when they are."""
    publication = told.results.publication
    if publication is None:
        return _("PROVISIONAL: figures as of %(moment)s, not published yet.") % {
            "moment": moment(told.data_as_of)
        }
    return _("Published result, version %(version)s; fingerprint %(fingerprint)s…") % {
        "version": publication.version,
        "fingerprint": publication.fingerprint[:16],
    }


def overall(told: Bulletin) -> Iterator[str]:
    """How the office stands and what moved, a sentence each."""
    card, band = told.card, told.band
    names = {
        "agency": told.agency.name,
        "total": points(card.total),
        "maximum": count(told.rules.total_maximum),
        "band": band.name if band else DASH,
        "dossiers": count(card.dossiers),
        "rank": count(card.rank),
        "ranked": count(card.ranked),
    }
    yield _("%(agency)s: %(total)s of %(maximum)s points, band %(band)s, %(dossiers)s dossiers.") % names
    if told.among_peers and card.rank:
        yield _("Rank %(rank)s of %(ranked)s.") % names
    elif told.among_peers:
        yield _("Not ranked: fewer than %(minimum)s dossiers.") % {
            "minimum": count(told.rules.indicator_set.minimum_dossiers)
        }
    yield _moved(told)


def _moved(told: Bulletin) -> str:
    names = {"period": told.period.previous().label}
    if told.before is None:
        return _("Nothing of %(period)s was published by then, so nothing is compared with it.") % names
    moved = told.standing.since_previous
    if moved is None:
        return _("There is no result of %(period)s to compare with.") % names
    names |= {"points": change(moved.points), "places": change(moved.places, 0)}
    if told.among_peers and moved.places is not None:
        return _("Against %(period)s: %(points)s points, %(places)s places.") % names
    return _("Against %(period)s: %(points)s points.") % names


def of_class(units: Units) -> str:
    """The offices below of one class, in words."""
    return class_name(units.kind)


def highlights(units: Units) -> Iterator[tuple[str, str]]:
    """The best, the last and those that moved most of a class, each under its name."""
    yield from _named(_("Best"), units.best, _with_total)
    yield from _named(_("Last"), units.last, _with_total)
    yield from _named(_("Gained most"), units.risers, _with_move)
    yield from _named(_("Lost most"), units.fallers, _with_move)


def _named(label: str, rows: Sequence[Standing], told: object) -> Iterator[tuple[str, str]]:
    if rows:
        yield label, "; ".join(told(row) for row in rows)  # type: ignore[operator]


def _with_total(row: Standing) -> str:
    return f"{row.agency.name} ({points(row.scorecard.total)})"


def _with_move(row: Standing) -> str:
    moved = row.since_previous
    return f"{row.agency.name} ({change(moved.points)})" if moved else row.agency.name


def group_columns() -> list[str]:
    """The headings of the table of blocks."""
    return [_("Block"), _("Points"), _("Maximum"), _("Share"), _("Change in points")]


def group_row(line: GroupLine) -> list[str]:
    """A block as the table has it."""
    return [
        named(line.group),
        points(line.points),
        count(line.maximum),
        rate(line.share),
        change(line.moved),
    ]


def unit_columns(rules: Guide) -> list[str]:
    """The headings of a table of offices."""
    return [
        _("Rank"),
        _("Office"),
        _("Points"),
        _("Band"),
        _("Change in points"),
        _("Change in places"),
        *(group.code for group in rules.groups),
    ]


def unit_row(row: Standing, rules: Guide) -> list[str]:
    """An office as the table has it."""
    card = row.scorecard
    moved: Change | None = row.since_previous
    look = rules.bands.get(card.band)
    return [
        count(card.rank),
        card.agency.name,
        points(card.total),
        look.name if look else DASH,
        change(moved.points if moved else None),
        change(moved.places if moved else None, 0),
        *(points(card.groups.get(group.code)) for group in rules.groups),
    ]


def notes(told: Bulletin) -> Iterator[str]:
    """What a reader must know to read the tables."""
    yield "; ".join(f"{group.code}: {named(group)}" for group in told.rules.groups) + "."
    yield _("Offices with fewer than %(minimum)s dossiers are shown but not ranked.") % {
        "minimum": count(told.rules.indicator_set.minimum_dossiers)
    }
    yield _("Indicator set: %(name)s (version %(version)s).") % {
        "name": told.rules.indicator_set.name,
        "version": told.rules.indicator_set.version,
    }
    publication = told.results.publication
    if publication is not None:
        yield _("Data as of %(moment)s; published on %(published)s by two people, checkable by anyone.") % {
            "moment": moment(publication.as_of),
            "published": moment(publication.approved_at),
        }
