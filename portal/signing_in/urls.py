"""Addresses of signing in and of one's own account. Sign-up and e-mail pages of allauth are left out."""

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from allauth.usersessions import views as sessions
from django.conf import settings
from django.urls import path, re_path

from portal.reports.letters_page import letters
from portal.signing_in import views
from portal.signing_in.invitation import invitation

urlpatterns = [
    path("dang-nhap/", account.login, name="account_login"),
    path("dang-nhap/ma/", second_factor.authenticate, name="mfa_authenticate"),
    path("dang-nhap/passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("dang-nhap/mot-lan/", views.single_sign_on, name="single_sign_on"),
    path("dang-nhap/mot-lan/<slug:provider_id>/", openid_connect.callback, name="openid_connect_callback"),
    path("loi-moi/<str:token>/", invitation, name="invitation"),
    path("dang-xuat/", account.logout, name="account_logout"),
    # Before the admin's own pages of the same addresses.
    path("admin/login/", views.admin_login),
    path("admin/logout/", account.logout, name="admin-logout"),
    path("admin/password_change/", views.admin_password),
    path("tai-khoan/", second_factor.index, name="mfa_index"),
    path("tai-khoan/ngung/", account.account_inactive, name="account_inactive"),
    path("tai-khoan/mat-khau/", account.password_change, name="account_change_password"),
    path("tai-khoan/khong-mat-khau/", views.no_password, name="account_set_password"),
    path("tai-khoan/xac-nhan/", account.reauthenticate, name="account_reauthenticate"),
    path("tai-khoan/xac-nhan/ma/", second_factor.reauthenticate, name="mfa_reauthenticate"),
    path("tai-khoan/xac-nhan/passkey/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("tai-khoan/ung-dung/", totp.activate_totp, name="mfa_activate_totp"),
    path("tai-khoan/ung-dung/bo/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("tai-khoan/passkey/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("tai-khoan/passkey/them/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("tai-khoan/passkey/<int:pk>/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path("tai-khoan/passkey/<int:pk>/bo/", views.remove_passkey, name="mfa_remove_webauthn"),
    path("tai-khoan/ma-du-phong/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "tai-khoan/ma-du-phong/moi/",
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path("tai-khoan/thu/", letters, name="account_letters"),
    path("tai-khoan/phien/", sessions.list_usersessions, name="usersessions_list"),
    path("tai-khoan/phien/<int:pk>/dang-xuat/", views.end_session, name="end_session"),
]

if settings.PASSWORD_RESET:
    urlpatterns += [
        path("quen-mat-khau/", account.password_reset, name="account_reset_password"),
        path("quen-mat-khau/da-gui/", account.password_reset_done, name="account_reset_password_done"),
        re_path(
            r"^dat-lai-mat-khau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
            account.password_reset_from_key,
            name="account_reset_password_from_key",
        ),
        path(
            "dat-lai-mat-khau/xong/",
            account.password_reset_from_key_done,
            name="account_reset_password_from_key_done",
        ),
    ]
