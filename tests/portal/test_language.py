"""Vietnamese first: a browser's preference does not change the language, its reader's choice does."""

import pytest
from django.test import Client


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [("", "en-US", "vi"), ("", "", "vi"), ("en", "vi", "en"), ("vi", "en", "vi"), ("xx", "en", "vi")],
)
def test_the_language_of_a_page(client: Client, cookie: str, accepted: str, language: str) -> None:
    if cookie:
        client.cookies["django_language"] = cookie
    answer = client.get("/thu-tuc/", headers={"accept-language": accepted})
    assert f'lang="{language}"' in answer.content.decode()
