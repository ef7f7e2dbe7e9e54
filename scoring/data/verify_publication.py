#!/usr/bin/env python3
"""Recompute a published result of the service index from its counts, and check its fingerprint.

    python3 verify_publication.py 2026-Q3-v1.json
    python3 verify_publication.py 2026-Q3-v1-rules.json        (with its two CSV files beside it)
    python3 verify_publication.py 2026-Q3-v1.json --chain chain.json

Needs Python 3.9 or newer and nothing else; reads files, asks no network. For every office it computes
numerators, denominators, points, blocks, total and band from the counts and the formulas of the
indicator set, ranks the offices of each class, and compares all of it with what was published. Then it
computes the fingerprint anew. With --chain it also checks that every publication follows the one before.

Exit code 0: everything agrees. 1: something does not, and it says what and where. 2: not readable.
"""

# ruff: noqa: T201  (it is there to be read)

import argparse
import csv
import hashlib
import json
import re
import sys
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path

FORMAT = "service-index-publication/1"
CENT, FOUR_PLACES, ZERO = Decimal("0.01"), Decimal("0.0001"), Decimal("0.00")
#: Kinds of office that take inherited criteria from their province or ministry.
INHERITING = ("department", "commune", "unit")
#: Whose sum is the number of dossiers: ended in the period, or open at its end.
DOSSIERS = ("ended_on_time", "ended_late", "open_on_time", "open_late")
MOST_TOLD = 50


class UnreadableError(Exception):
    """The files are not a publication."""


# --- Formulas: numbers, counts, + - * /, max, min, first ----------------------------------------

TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|([-+*/(),]))")


class Formula:
    """A formula, worked out on an office's counts; a division by zero inside it counts as zero."""

    def __init__(self, text):
        self.tokens, at = [], 0
        while text[at:].strip():
            found = TOKEN.match(text, at)
            if not found:
                raise UnreadableError(f"formula {text!r}: cannot read it from column {at + 1}")
            self.tokens.append(found.groups())
            at = found.end()
        self.whole = "/" not in text and "." not in text
        self.text = text

    def value(self, counts):
        self.counts, self.at = counts, 0
        value = self._sum()
        if self.at != len(self.tokens):
            raise UnreadableError(f"formula {self.text!r}: something is left at its end")
        value = Decimal(value)
        return value if self.whole else value.quantize(FOUR_PLACES, ROUND_HALF_UP)

    def _next(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else (None, None, None)

    def _took(self, *signs):
        sign = self._next()[2]
        if sign is not None and sign in signs:
            self.at += 1
            return sign
        return None

    def _sum(self):
        value = self._product()
        while sign := self._took("+", "-"):
            other = self._product()
            value = value + other if sign == "+" else value - other
        return value

    def _product(self):
        value = self._value()
        while sign := self._took("*", "/"):
            other = self._value()
            value = value * other if sign == "*" else self._share(value, other)
        return value

    @staticmethod
    def _share(part, whole):
        return Decimal(part) / whole if whole else 0

    def _value(self):
        number, name, _sign = self._next()
        if number is not None:
            self.at += 1
            return Decimal(number) if "." in number else int(number)
        if name is not None:
            self.at += 1
            if not self._took("("):
                if name not in self.counts:
                    raise UnreadableError(f"formula {self.text!r}: the office has no count {name}")
                return self.counts[name]
            values = [self._sum()]
            while self._took(","):
                values.append(self._sum())
            self._close()
            if name == "first":
                return next((value for value in values if value), values[-1])
            return {"max": max, "min": min}[name](values)
        if self._took("("):
            value = self._sum()
            self._close()
            return value
        raise UnreadableError(f"formula {self.text!r}: a value is missing")

    def _close(self):
        if not self._took(")"):
            raise UnreadableError(f"formula {self.text!r}: a parenthesis is not closed")


# --- Points ---------------------------------------------------------------------------------------


class Criterion:
    """A criterion of the set."""

    def __init__(self, told):
        self.code = told["code"]
        self.max = None if told["max_points"] is None else Decimal(told["max_points"]).quantize(CENT)
        self.threshold = Decimal(told["threshold"])
        self.formulas = [Formula(told[name]) for name in ("numerator", "denominator") if told[name]]
        self.whole = all(formula.whole for formula in self.formulas)
        self.zero_rule, self.inherited, self.kinds = told["zero_rule"], told["inherited"], told["kinds"]

    def figures(self, kind, own, above):
        """Numerator and denominator, or two Nones where there is no data."""
        if len(self.formulas) < 2 or (self.kinds and kind not in self.kinds):
            return None, None
        source = above if self.inherited else own
        values = [formula.value(source) for formula in self.formulas]
        return values if self.whole else [value.quantize(FOUR_PLACES, ROUND_HALF_UP) for value in values]

    def points(self, numerator, denominator, maximum=None):
        """min(max, max * numerator / denominator / threshold), to the cent; None: left out."""
        maximum = self.max if maximum is None else maximum
        if maximum is None:
            return None
        if numerator is None or denominator <= 0:
            return {"zero": ZERO, "full": maximum}.get(self.zero_rule)
        if numerator >= denominator * self.threshold:
            return maximum
        if numerator <= 0 or not maximum:
            return ZERO
        return (numerator * maximum / (denominator * self.threshold)).quantize(CENT, ROUND_HALF_UP)


class Rules:
    """The indicator set."""

    def __init__(self, told):
        self.groups = [
            (group["code"], [Criterion(criterion) for criterion in group["criteria"]])
            for group in told["groups"]
        ]
        self.bands = sorted(
            ((Decimal(band["minimum"]), band["code"]) for band in told["bands"]), reverse=True
        )
        self.minimum_dossiers = told["minimum_dossiers"]
        self.ties = told.get("ties", "shared")
        self.tie_criterion = told.get("tie_criterion", "") if self.ties == "criterion" else ""
        self.within = {
            "department": ("departments", told.get("departments_within", "system")),
            "commune": ("communes", told.get("communes_within", "system")),
            "unit": ("units", told.get("units_within", "parent")),
        }
        self.max = sum((c.max or ZERO for _code, criteria in self.groups for c in criteria), ZERO)

    def grade(self, kind, own, above):
        """Criteria, groups, total and band of an office, as texts."""
        found, groups, total, dropped = {}, {}, ZERO, ZERO
        for code, criteria in self.groups:
            passing, left = ZERO, []
            for one in criteria:
                numerator, denominator = one.figures(kind, own, above)
                points = one.points(numerator, denominator)
                found[one.code] = [numerator, denominator, points]
                if points is None and one.max is not None:
                    if one.zero_rule == "redistribute":
                        passing += one.max
                    else:
                        dropped += one.max
                elif one.max:
                    left.append(one)
            if passing and not left:
                dropped += passing
            elif passing:
                self._pass_on(passing, left, found)
            groups[code] = sum((found[one.code][2] or ZERO for one in criteria), ZERO)
            total += groups[code]
        if dropped:
            kept = self.max - dropped
            total = (total * self.max / kept).quantize(CENT, ROUND_HALF_UP) if kept else ZERO
        band = next((code for minimum, code in self.bands if total >= minimum), "")
        return {
            "criteria": {code: [_text(value) for value in row] for code, row in found.items()},
            "groups": {code: _text(points) for code, points in groups.items()},
            "total": _text(total),
            "band": band,
        }

    @staticmethod
    def _pass_on(freed, left, found):
        """Give freed points to the criteria left in a group, in proportion; the last takes the odd cent."""
        maxima = sum((one.max for one in left), ZERO)
        for one in left:
            part = (freed * one.max / maxima).quantize(CENT, ROUND_HALF_UP)
            freed, maxima = freed - part, maxima - one.max
            numerator, denominator, _before = found[one.code]
            found[one.code] = [numerator, denominator, one.points(numerator, denominator, one.max + part)]


def _text(value):
    return None if value is None else str(value)


# --- Comparing ------------------------------------------------------------------------------------


def differences(rules, offices):
    """Yield, in words, everything in which the published offices differ from what follows from the counts."""
    by_code = {office["code"]: office for office in offices}
    if len(by_code) < len(offices):
        yield "a code stands twice among the offices"
    for office in offices:
        lender = by_code.get(office["inherits_from"], office)
        if office["inherits_from"] and lender is office:
            yield f"{office['code']}: inherits from {office['inherits_from']}, which is not among the offices"
        inherits = office["kind"] in INHERITING
        above = lender["counts"] if inherits else office["counts"]
        computed = rules.grade(office["kind"], office["counts"], above)
        computed["dossiers"] = sum(office["counts"][name] for name in DOSSIERS)
        yield from _compared(office, computed)
    yield from misclassed(offices, by_code, rules)
    yield from misplaced(offices, rules)


def _compared(office, computed):
    for name in ("criteria", "groups"):
        for code in sorted(set(computed[name]) | set(office[name])):
            there, here = office[name].get(code), computed[name].get(code)
            if there != here:
                yield f"{office['code']}, {name} {code}: published {there}, computed {here}"
    for name in ("total", "band", "dossiers"):
        if office[name] != computed[name]:
            yield f"{office['code']}, {name}: published {office[name]}, computed {computed[name]}"


#: Classes of the whole country; the others are those of ``Rules.within``.
CLASSES = {
    "nation": "nation", "province": "provinces", "ministry": "ministries",
    "ministerial_agency": "ministries", "government_agency": "ministries",
}  # fmt: skip


def misclassed(offices, by_code, rules):
    """Yield every office that is not among those it is compared with by the rules of the set."""
    for office in offices:
        name = CLASSES.get(office["kind"])
        if name is None:
            name, within = rules.within[office["kind"]]
            above = _above(office, by_code)
            if within != "nation" and above:
                name += ":" + (above[0] if within == "parent" else above[max(0, len(above) - 2)])
            elif within != "nation":
                continue
        if office["peer_class"] != name:
            yield f"{office['code']}, peer_class: published {office['peer_class']}, computed {name}"


def _above(office, by_code):
    """The codes above an office, its parent first, the nation last; empty if one is not among the offices."""
    codes = []
    while office["parent"]:
        codes.append(office["parent"])
        office = by_code.get(office["parent"])
        if office is None or len(codes) > len(by_code):
            return []
    return codes


def misplaced(offices, rules):
    """Yield every rank that is not the office's place by total among the ranked offices of its class."""
    classes: dict = {}
    for office in offices:
        classes.setdefault(office["peer_class"], []).append(office)
    for peers, found in classes.items():
        able = [one for one in found if peers == "nation" or one["dossiers"] >= rules.minimum_dossiers]
        standing = sorted((_standing(one, rules) for one in able), reverse=True)
        if rules.ties == "dense":
            standing = sorted(set(standing), reverse=True)
        places: dict = {}
        for place, result in enumerate(standing, 1):
            places.setdefault(result, place)
        codes = {one["code"] for one in able}
        for one in found:
            rank = places[_standing(one, rules)] if one["code"] in codes else None
            if one["rank"] != rank:
                yield f"{one['code']}, rank: published {one['rank']}, computed {rank}"
            if one["ranked"] != len(able):
                yield f"{one['code']}, ranked: published {one['ranked']}, computed {len(able)}"


def _standing(office, rules):
    """What an office is ranked by: its total, then the points of the deciding criterion if there is one."""
    deciding = office["criteria"].get(rules.tie_criterion, [None, None, None])[2]
    return Decimal(office["total"]), Decimal(-1 if deciding is None else deciding)


# --- Fingerprints ---------------------------------------------------------------------------------


def line(value):
    """A value as its line of text: JSON, keys in order, no spaces, letters as they are."""
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()


def wrong_hashes(publication):
    """Yield what is wrong with the hash of the contents and with the fingerprint."""
    told = publication["statement"]
    content = hashlib.sha256(line(publication["rules"]))
    for office in sorted(publication["offices"], key=lambda office: office["code"]):
        content.update(line(office))
    if content.hexdigest() != told["content"]:
        yield f"contents: the hash should be {told['content']}, it is {content.hexdigest()}"
    if len(publication["offices"]) != told["offices"]:
        yield f"contents: {told['offices']} offices were published, {len(publication['offices'])} are here"
    found = hashlib.sha256(line(told)).hexdigest()
    if found != publication["fingerprint"]:
        yield f"fingerprint: {publication['fingerprint']} was told, it is {found}"


def broken_links(chain, publication):
    """Yield where the chain of all publications does not hold, or does not hold this one."""
    previous = ""
    for number, link in enumerate(chain["publications"], 1):
        told = link["statement"]
        where = f"chain, number {number} ({told['period']} v{told['version']})"
        if told["number"] != number:
            yield f"{where}: its number is {told['number']}"
        if told["previous"] != previous:
            yield f"{where}: does not follow the one before"
        found = hashlib.sha256(line(told)).hexdigest()
        if found != link["fingerprint"]:
            yield f"{where}: fingerprint {link['fingerprint']} was told, it is {found}"
        previous = link["fingerprint"]
    if publication["fingerprint"] not in [link["fingerprint"] for link in chain["publications"]]:
        yield "chain: this publication is not in it"


# --- Reading --------------------------------------------------------------------------------------


def read_publication(path):
    """The publication in a JSON file; its offices from two CSV files beside it if they are not in it."""
    publication = read_json(path)
    if not isinstance(publication, dict) or "statement" not in publication:
        raise UnreadableError(f"{path}: this is no publication")
    if publication["statement"].get("format") != FORMAT:
        raise UnreadableError(f"{path}: its format is not {FORMAT}; look for a newer script")
    if "offices" not in publication:
        files = [path.parent / Path(name).name for name in publication["files"]]
        publication["offices"] = offices_from_csv(*files)
    return publication


def read_json(path):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnreadableError(f"{path}: {error}") from error


def offices_from_csv(scorecards, counts):
    """The offices as two CSV files hold them: results and counts, one office a line."""
    counted = {row.pop("code"): {name: int(n) for name, n in row.items()} for row in rows_of(counts)}
    offices = []
    for row in rows_of(scorecards):
        office: dict = {"groups": {}, "criteria": {}, "counts": counted[row["code"]]}
        for name, cell in row.items():
            kind, _colon, code = name.partition(":")
            if kind == "group":
                office["groups"][code] = cell
            elif kind in ("numerator", "denominator", "points"):
                place = ("numerator", "denominator", "points").index(kind)
                office["criteria"].setdefault(code, [None, None, None])[place] = cell or None
            elif name in ("ranked", "dossiers"):
                office[name] = int(cell)
            elif name == "rank":
                office[name] = int(cell) if cell else None
            else:
                # A text that a spreadsheet would run as a formula has a quote before it.
                office[name] = cell[1:] if re.match(r"'[-=+@\t\r]", cell) else cell
        offices.append(office)
    return offices


def rows_of(path):
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))
    except (OSError, ValueError, csv.Error) as error:
        raise UnreadableError(f"{path}: {error}") from error


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("publication", type=Path, help="the JSON file of a publication")
    parser.add_argument("--chain", type=Path, help="the JSON file of the chain of all publications")
    options = parser.parse_args()
    try:
        publication = read_publication(options.publication)
        flaws = list(wrong_hashes(publication))
        flaws += differences(Rules(publication["rules"]), publication["offices"])
        if options.chain:
            flaws += broken_links(read_json(options.chain), publication)
    except UnreadableError as error:
        print(error, file=sys.stderr)
        return 2
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
        print(f"{options.publication}: not a publication as described: {error!r}", file=sys.stderr)
        return 2
    told = publication["statement"]
    print(f"{told['period']} v{told['version']}: {len(publication['offices'])} offices")
    print(f"fingerprint {publication['fingerprint']}")
    for flaw in flaws[:MOST_TOLD]:
        print(f"DIFFERS  {flaw}")
    if len(flaws) > MOST_TOLD:
        print(f"… and {len(flaws) - MOST_TOLD} more")
    if flaws:
        return 1
    print("Everything agrees: every score and rank follows from the counts, and the fingerprint is right.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
