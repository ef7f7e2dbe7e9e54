"""That a dossier is one's own: guessing is limited, and tells nobody which codes there are."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback import guessing, rating_links
from feedback.guessing import PER_ADDRESS, Limit, LockedError, NotProvedError
from feedback.proving import prove_by_digits, prove_by_link
from procedures.models import Dossier
from tests.feedback.conftest import NOW, days

HOME, CAFE = "203.0.113.7", "198.51.100.9"


def refusal(ask: Callable[[], object]) -> ValidationError:
    with pytest.raises(ValidationError) as refused:
        ask()
    return refused.value


def test_the_last_four_digits_prove_it_however_the_code_is_typed(dossier: Dossier) -> None:
    assert prove_by_digits(f" {dossier.code.lower()} ", "4321", address=HOME) == dossier


@pytest.mark.parametrize("digits", ["1234", "432", "43210", "", "４３２１", "0912344321"])
def test_other_digits_do_not(dossier: Dossier, digits: str) -> None:
    assert isinstance(refusal(lambda: prove_by_digits(dossier.code, digits, address=HOME)), NotProvedError)


def test_nobody_learns_whether_a_code_exists(dossier: Dossier) -> None:
    hashless = Dossier.objects.get(pk=dossier.pk)
    hashless.pk, hashless.code, hashless.phone_hash = None, "H44.101-hashless", ""
    hashless.save()
    answers = []
    for code in (dossier.code, "H44.101-999999", hashless.code):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            wrong = [refusal(lambda code=code: prove_by_digits(code, "0000", address="")) for _ in range(7)]
        answers.append(([(type(e), e.messages) for e in wrong], len(asked)))
    assert answers[0] == answers[1] == answers[2]
    assert [kind for kind, _message in answers[0][0]] == [NotProvedError] * 5 + [LockedError] * 2


def test_as_much_work_is_done_for_a_code_nobody_has(
    dossier: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hash is worked out and compared the same number of times; a clock would only be noisier."""
    from procedures import applicants

    compared: list[str] = []
    real = applicants.constant_time_compare
    monkeypatch.setattr(
        applicants, "constant_time_compare", lambda *pair: compared.append("once") or real(*pair)
    )
    both = Dossier.objects.get(pk=dossier.pk)
    both.identity_hash = both.phone_hash
    both.save()
    counts = []
    for code in (dossier.code, "H44.101-999999"):
        refusal(lambda code=code: prove_by_digits(code, "0000", address=""))
        counts.append(len(compared))
        compared.clear()
    assert counts == [2, 2]


def test_a_locked_code_refuses_the_right_digits_too_and_frees_itself(
    dossier: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guessing, "PER_CODE", (Limit(5, timedelta(seconds=2)),))
    for _ in range(5):
        refusal(lambda: prove_by_digits(dossier.code, "0000", address=HOME))
    for address in (HOME, CAFE):
        told = refusal(lambda address=address: prove_by_digits(dossier.code, "4321", address=address))
        assert isinstance(told, LockedError)
    time.sleep(2.1)
    assert prove_by_digits(dossier.code, "4321", address=HOME) == dossier


def test_an_address_that_tries_many_codes_is_locked_and_others_are_not(dossier: Dossier) -> None:
    for number in range(PER_ADDRESS[0].tries):
        refusal(lambda number=number: prove_by_digits(f"H44.101-{number}", "0000", address=HOME))
    assert isinstance(refusal(lambda: prove_by_digits(dossier.code, "4321", address=HOME)), LockedError)
    assert prove_by_digits(dossier.code, "4321", address=CAFE) == dossier


def test_a_link_is_for_one_dossier_and_for_a_time(dossier: Dossier) -> None:
    token = rating_links.make(dossier.pk, NOW, life=days(10))
    assert len(token) == 27
    assert prove_by_link(token, as_of=NOW + days(10), address=HOME) == dossier
    assert str(rating_links.expires_on(token)) == "2026-05-28"
    assert isinstance(
        refusal(lambda: prove_by_link(token, as_of=NOW + days(11), address=HOME)), NotProvedError
    )


def test_a_link_cannot_be_made_up_or_bent(dossier: Dossier) -> None:
    token = rating_links.make(dossier.pk, NOW)
    other = rating_links.make(dossier.pk + 1, NOW)
    bent = [
        other[:8] + token[8:],
        token[:-1] + ("A" if token[-1] != "A" else "E"),
        token + "AAAA",
        "",
        "é",
        "A" * 27,
    ]
    for forged in bent:
        assert rating_links.read(forged, NOW) is None, forged
    told = [refusal(lambda: prove_by_link("A" * 27, as_of=NOW, address=HOME)) for _ in range(6)]
    assert [type(e) for e in told] == [NotProvedError] * 5 + [LockedError]


def test_a_link_made_with_a_key_that_was_retired_still_opens(dossier: Dossier, settings) -> None:
    token = rating_links.make(dossier.pk, NOW)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key", [settings.SECRET_KEY]
    assert rating_links.read(token, NOW) == dossier.pk
    settings.SECRET_KEY_FALLBACKS = []
    assert rating_links.read(token, NOW) is None


def test_the_qr_code_is_a_drawing_without_script() -> None:
    drawing = rating_links.qr_svg("https://example.vn/danh-gia/ABC")
    assert drawing.startswith("<svg") and "script" not in drawing
