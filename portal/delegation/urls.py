"""Addresses of delegation, below ``admin/delegation/``."""

from django.contrib import admin
from django.urls import path

from portal.delegation import (
    acts,
    giving,
    holders_page,
    invitation_acts,
    office_page,
    person_page,
    review_page,
    sheet_page,
    succession_page,
    suggestions,
)

guarded = admin.site.admin_view
office = "offices/<str:code>/"
grant = "grants/<int:pk>/"
person = "people/<int:pk>/"
invitation = "invitations/<int:pk>/"

urlpatterns = [
    path("", guarded(office_page.offices), name="delegation"),
    path(office, guarded(office_page.office), name="delegation-office"),
    path(f"{office}below/", guarded(office_page.children), name="delegation-children"),
    path(f"{office}grant/", guarded(giving.grant_access), name="delegation-grant"),
    path(f"{office}invite/", guarded(giving.invite_by_letter), name="delegation-invite"),
    path(f"{office}why/<int:pk>/", guarded(office_page.explained), name="delegation-explained"),
    path(f"{grant}revoke/", guarded(acts.revoke_grant), name="delegation-revoke"),
    path(f"{grant}suspend/", guarded(acts.suspend_grant), name="delegation-suspend"),
    path(f"{grant}resume/", guarded(acts.resume_grant), name="delegation-resume"),
    path(f"{grant}confirm/", guarded(acts.confirm_grant), name="delegation-confirm"),
    path(f"{grant}adopt/", guarded(succession_page.adopt_grant), name="delegation-adopt"),
    path(f"{invitation}resend/", guarded(invitation_acts.resend), name="delegation-resend"),
    path(f"{invitation}withdraw/", guarded(invitation_acts.withdraw_offer), name="delegation-withdraw"),
    path("people/find/", guarded(suggestions.suggested), name="delegation-suggested"),
    path(person, guarded(person_page.person), name="delegation-person"),
    path(f"{person}hand-over/", guarded(person_page.hand_all_over), name="delegation-hand-over"),
    path(f"{person}suspend/", guarded(person_page.suspend_all), name="delegation-suspend-all"),
    path("holders/", guarded(holders_page.holders), name="delegation-holders"),
    path("holders/file/", guarded(holders_page.holders_file), name="delegation-holders-file"),
    path("review/", guarded(review_page.review), name="delegation-review"),
    path("review/decide/", guarded(review_page.decide), name="delegation-decide"),
    path("review/file/", guarded(review_page.review_file), name="delegation-review-file"),
    path("succession/", guarded(succession_page.successions), name="delegation-succession"),
    path("succession/<str:code>/", guarded(succession_page.succeed_agency), name="delegation-succeed"),
    path("invite-many/", guarded(sheet_page.invite_many), name="delegation-sheet"),
    path("invite-many/empty.<str:form>", guarded(sheet_page.empty_sheet), name="delegation-sheet-empty"),
]
