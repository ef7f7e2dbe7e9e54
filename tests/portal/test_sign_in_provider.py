"""Single sign-on against a real provider of identities in a process of its own, over HTTP."""

import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client
from django.urls import reverse

from agencies import integration
from agencies.models import User
from agencies.step_up import PROVIDER_SIGN_IN
from portal.sign_in_settings import openid_connect
from tests import identity_provider
from tests.factories import NationFactory
from tests.identity_provider import Provider
from tests.signing_in import account, code, prove, send_code

pytestmark = pytest.mark.django_db
EMAIL = "nguyen.van.a@vpcp.example"


@pytest.fixture(scope="module")
def process() -> Iterator[Provider]:
    """One provider for all tests of this file."""
    with identity_provider.running() as provider:
        provider.answers_to(f"http://testserver{callback()}")
        yield provider


@pytest.fixture
def provider(process: Provider, settings: Any) -> Provider:
    """The provider, switched on in the portal, trusted with second factors it calls `mfa`."""
    switch_on(settings, process)
    process.knows("nguyen", email=EMAIL)
    return process


def callback() -> str:
    """Where the provider answers."""
    return reverse("openid_connect_callback", args=["sso"])


def switch_on(settings: Any, provider: Provider, secret: str = identity_provider.CLIENT_SECRET) -> None:
    """What the environment of a server would say."""
    settings.OIDC_NAME, settings.OIDC_SERVER_URL = "VNeID thử nghiệm", provider.url
    settings.OIDC_SECOND_FACTOR = ["mfa"]
    settings.SOCIALACCOUNT_PROVIDERS = openid_connect(
        name=settings.OIDC_NAME,
        server_url=provider.url,
        client_id=identity_provider.CLIENT_ID,
        client_secret=secret,
    )


def at_provider(address: str, browser: requests.Session, username: str = "nguyen") -> str:
    """Sign in there as people do; returns the address it sends back to, not yet opened."""
    answer = browser.get(address, timeout=40, allow_redirects=False)
    while answer.status_code in (301, 302, 303):
        there = requests.compat.urljoin(answer.url, answer.headers["Location"])
        if there.startswith("http://testserver"):
            return there.removeprefix("http://testserver")
        answer = browser.get(there, timeout=40, allow_redirects=False)
        if answer.status_code == 200 and 'name="password"' in answer.text:
            token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', answer.text)
            assert token, answer.text
            data = {"login": username, "password": identity_provider.PASSWORD}
            data |= {"csrfmiddlewaretoken": token[1], "next": parse_qs(urlsplit(answer.url).query)["next"][0]}
            answer = browser.post(answer.url, data, timeout=40, allow_redirects=False)
    raise AssertionError(f"{answer.status_code} {answer.text}")


def sign_on(client: Client, asked: str = "?next=/admin/", **who: Any) -> Any:
    """The whole way: from the portal to the provider and back."""
    start = client.get(reverse("single_sign_on") + asked)
    assert start.status_code == 302, start.content
    return client.get(at_provider(start.url, who.pop("browser", None) or requests.Session(), **who))


def test_off_unless_switched_on(client: Client) -> None:
    assert "single_sign_on" not in client.get(reverse("account_login")).content.decode()
    assert client.get(reverse("single_sign_on")).status_code == 404
    assert client.get(callback()).status_code == 404


def test_the_sign_in_page_offers_it_by_name(client: Client, provider: Provider) -> None:
    page = client.get(reverse("account_login") + "?next=/admin/").content.decode()
    assert "Đăng nhập bằng VNeID thử nghiệm" in page
    assert f"{reverse('single_sign_on')}?next=/admin/" in page


def test_a_verified_address_is_led_to_its_account(client: Client, provider: Provider) -> None:
    user = account("reader", email=EMAIL.upper(), factor=False, is_superuser=False)
    answer = sign_on(client)
    assert answer.url == "/admin/"
    assert client.session["_auth_user_id"] == str(user.pk)
    tied = SocialAccount.objects.get()
    assert (tied.user, tied.provider, tied.extra_data) == (user, "sso", {})
    assert not SocialToken.objects.exists()


def test_the_request_is_bound_to_this_browser_and_to_one_code(client: Client, provider: Provider) -> None:
    account("reader", email=EMAIL, factor=False, is_superuser=False)
    start = client.get(reverse("single_sign_on"))
    asked = parse_qs(urlsplit(start.url).query)
    assert asked["code_challenge_method"] == ["S256"]
    back = at_provider(start.url, requests.Session())
    stolen = Client().get(back)
    assert stolen.url == reverse("account_login")
    assert client.get(back).url == "/admin/"
    client.logout()
    assert client.get(back).url == reverse("account_login")
    assert "_auth_user_id" not in client.session


def test_once_tied_the_account_follows_the_identity_not_the_address(
    client: Client, provider: Provider
) -> None:
    user = account("reader", email=EMAIL, factor=False, is_superuser=False)
    sign_on(client)
    provider.knows("nguyen", email="moved@vpcp.example", verified=False)
    again = Client()
    assert sign_on(again).url == "/admin/"
    assert again.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize(
    ("email", "verified", "told"),
    [
        ("stranger@vpcp.example", True, "chưa có tài khoản nào dùng địa chỉ thư điện tử của bạn"),
        (EMAIL, False, "chưa xác nhận địa chỉ thư điện tử của bạn"),
    ],
)
def test_others_are_refused_and_no_account_is_opened(
    client: Client, provider: Provider, email: str, verified: bool, told: str
) -> None:
    account("reader", email=EMAIL)
    provider.knows("nguyen", email=email, verified=verified)
    answer = sign_on(client)
    assert answer.status_code == 403
    assert told in answer.content.decode()
    assert "_auth_user_id" not in client.session
    assert User.objects.count() == 1
    assert not SocialAccount.objects.exists()


def test_an_address_two_accounts_share_is_nobody_s(client: Client, provider: Provider) -> None:
    account("reader", email=EMAIL)
    account("other", email=EMAIL.upper())
    assert sign_on(client).status_code == 403


def test_an_account_out_of_use_stays_out(client: Client, provider: Provider) -> None:
    user = account("reader", email=EMAIL, factor=False, is_superuser=False)
    sign_on(client)
    User.objects.filter(pk=user.pk).update(is_active=False)
    again = Client()
    assert sign_on(again).url == reverse("account_inactive")
    assert "_auth_user_id" not in again.session


def test_an_address_given_to_somebody_else_there_does_not_open_the_account(
    client: Client, provider: Provider
) -> None:
    account("reader", email=EMAIL, factor=False, is_superuser=False)
    sign_on(client)
    provider.knows("nguyen", email="moved@vpcp.example")
    provider.knows("successor", email=EMAIL)
    answer = sign_on(Client(), username="successor")
    assert answer.status_code == 403
    assert "gắn với một danh tính khác" in answer.content.decode()


def test_our_second_factor_is_asked_for_unless_the_provider_asked(client: Client, provider: Provider) -> None:
    account(email=EMAIL)
    assert sign_on(client).url == reverse("mfa_authenticate")
    assert send_code(client, code()).url == "/admin/"
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("says", [{"amr": ["pwd", "mfa"]}, {"acr": "mfa"}])
def test_the_provider_s_own_second_factor_counts(
    client: Client, provider: Provider, says: dict[str, Any]
) -> None:
    account(email=EMAIL, factor=False)
    provider.knows("nguyen", email=EMAIL, **says)
    assert sign_on(client).url == "/admin/"
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("says", [{}, {"amr": ["pwd"]}, {"amr": "pwd", "acr": 0}, {"amr": [["mfa"]]}])
def test_less_than_that_does_not(client: Client, provider: Provider, says: dict[str, Any]) -> None:
    account(email=EMAIL, factor=False)
    provider.knows("nguyen", email=EMAIL, **says)
    sign_on(client)
    assert client.get("/admin/").url == reverse("mfa_index")


def test_it_counts_only_where_the_operator_trusts_it(
    client: Client, provider: Provider, settings: Any
) -> None:
    settings.OIDC_SECOND_FACTOR = []
    account(email=EMAIL, factor=False)
    provider.knows("nguyen", email=EMAIL, amr=["mfa"], acr="mfa")
    sign_on(client)
    assert client.get("/admin/").url == reverse("mfa_index")


def test_a_wrong_secret_is_told_without_details(client: Client, provider: Provider, settings: Any) -> None:
    switch_on(settings, provider, secret="something else")
    account("reader", email=EMAIL)
    answer = sign_on(client)
    assert answer.url == reverse("account_login")
    assert "Đăng nhập tại VNeID thử nghiệm không thành công." in client.get(answer.url).content.decode()


def test_a_provider_that_is_away_is_told(client: Client, provider: Provider, settings: Any) -> None:
    switch_on(settings, Provider("http://127.0.0.1:1"))
    answer = client.get(reverse("single_sign_on"), follow=True)
    assert "Hiện không kết nối được với VNeID thử nghiệm." in answer.content.decode()


def test_a_link_cannot_tie_an_identity_to_who_is_signed_in(provider: Provider) -> None:
    victim = Client()
    user = account("victim", email="victim@vpcp.example", factor=False, is_superuser=False)
    victim.force_login(user)
    provider.knows("attacker", email="attacker@vpcp.example")
    answer = sign_on(victim, "?process=connect", username="attacker")
    assert answer.status_code == 403
    assert not SocialAccount.objects.exists()


# --- Confirming at the provider ---------------------------------------------------


@pytest.fixture
def keyless(provider: Provider) -> User:
    """Somebody who has nothing here but the provider."""
    provider.knows("nguyen", email=EMAIL, amr=["mfa"])
    user = account(email=EMAIL, factor=False)
    user.set_unusable_password()
    user.save()
    return user


@pytest.fixture
def harmful(db: None) -> str:
    """A page that asks once more."""
    system, _password = integration.create_client(NationFactory.create(), username="one-stop")
    return reverse("admin:agencies_integrationclient_rotate_password", args=[system.pk])


def grow_old(client: Client) -> None:
    """Let an hour pass since the sign-in."""
    session = client.session
    session[PROVIDER_SIGN_IN] = {**session[PROVIDER_SIGN_IN], "at": time.time() - 3600}
    for record in session[AUTHENTICATION_METHODS_SESSION_KEY]:
        record["at"] -= 3600
    session.save()


def test_a_fresh_sign_in_there_counts(client: Client, keyless: User, harmful: str) -> None:
    sign_on(client)
    assert client.get(harmful).status_code == 200


def test_an_old_one_is_renewed_there(client: Client, keyless: User, harmful: str) -> None:
    browser = requests.Session()
    sign_on(client, browser=browser)
    grow_old(client)
    asked = client.get(harmful)
    assert asked.url == f"{reverse('single_sign_on')}?confirm=1&next={harmful.replace('/', '%2F')}"
    start = client.get(asked.url)
    assert parse_qs(urlsplit(start.url).query)["prompt"] == ["login"]
    back = client.get(at_provider(start.url, browser))
    assert back.url == harmful
    assert client.get(harmful).status_code == 200


def test_going_there_without_being_asked_again_renews_nothing(
    client: Client, keyless: User, provider: Provider, harmful: str
) -> None:
    browser = requests.Session()
    sign_on(client, browser=browser)
    long_ago = int(time.time()) - 3600
    provider.knows("nguyen", email=EMAIL, amr=["mfa"], auth_time=long_ago)
    sign_on(client, browser=browser)
    assert client.get(harmful).status_code == 302


def test_a_provider_that_answers_from_memory_is_not_believed(
    client: Client, keyless: User, provider: Provider, harmful: str
) -> None:
    browser = requests.Session()
    sign_on(client, browser=browser)
    grow_old(client)
    provider.knows("nguyen", email=EMAIL, amr=["mfa"], auth_time=int(time.time()) - 3600)
    start = client.get(client.get(harmful).url)
    back = client.get(at_provider(start.url, browser))
    assert back.url == harmful
    assert client.get(harmful).status_code == 302


def test_somebody_else_s_sign_in_does_not_confirm(
    client: Client, keyless: User, provider: Provider, harmful: str
) -> None:
    account("other", email="other@vpcp.example", factor=False)
    provider.knows("other", email="other@vpcp.example", amr=["mfa"])
    sign_on(client)
    grow_old(client)
    start = client.get(client.get(harmful).url)
    client.get(at_provider(start.url, requests.Session(), "other"))
    assert client.session["_auth_user_id"] == str(keyless.pk)
    assert client.get(harmful).status_code == 302


def test_there_is_no_password_to_change(client: Client, keyless: User) -> None:
    sign_on(client)
    page = client.get(reverse("account_change_password"), follow=True).content.decode()
    assert "Bạn đăng nhập bằng VNeID thử nghiệm: mật khẩu được giữ và đổi ở đó." in page


def test_who_also_has_an_app_confirms_with_it(client: Client, provider: Provider, harmful: str) -> None:
    account(email=EMAIL)
    sign_on(client)
    send_code(client, code())
    prove(client, "mfa", seconds_ago=601)
    assert client.get(harmful).url.startswith(reverse("mfa_reauthenticate"))
