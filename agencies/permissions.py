"""What a person may be given to do in a subtree: every permission, declared once.

They are Django permissions of the model Agency, given by grants (``agencies.granting``) and asked
for through ``agencies.visibility``. A new one is a line here and a migration of Agency; default roles
that are to carry it name it in ``agencies.roles``.
"""

from __future__ import annotations

from django.utils.translation import gettext, gettext_noop

SEE_RECORDS = "see_records"
WORK_INBOX = "work_inbox"
HANDLE_PETITIONS = "handle_petitions"
KEEP_DATA = "keep_data"
KEEP_AGENCIES = "keep_agencies"
KEEP_SYSTEMS = "keep_systems"
DELEGATE = "delegate"
EXPORT_RECORDS = "export_records"
SEE_LOG = "see_log"
REVIEW_ACCESS = "review_access"
REVIEW_VOICES = "review_voices"
WRITE_OBJECTIONS = "write_objections"
SEND_OBJECTIONS = "send_objections"
DECIDE_OBJECTIONS = "decide_objections"
SET_TASKS = "set_tasks"
REVIEW_ANOMALIES = "review_anomalies"
KEEP_INDICATORS = "keep_indicators"
CONFIRM_RESULTS = "confirm_results"
PUBLISH_RESULTS = "publish_results"
OPERATE_SYSTEM = "operate_system"

#: Codename and label, in the order in which a form offers them.
PERMISSIONS: tuple[tuple[str, str], ...] = (
    (SEE_RECORDS, gettext_noop("See dossiers, counts and scores")),
    (WORK_INBOX, gettext_noop("Work the inbox: retry, mend and dismiss records, map local names")),
    (HANDLE_PETITIONS, gettext_noop("Handle petitions and ratings: answer, transfer, publish")),
    (KEEP_DATA, gettext_noop("Keep procedures, announcements and declared volumes")),
    (KEEP_AGENCIES, gettext_noop("Keep agencies: names, codes, heads, place in the tree")),
    (KEEP_SYSTEMS, gettext_noop("Keep connected systems and their passwords")),
    (DELEGATE, gettext_noop("Delegate: give and end the access of others")),
    (EXPORT_RECORDS, gettext_noop("Export lists as files")),
    (SEE_LOG, gettext_noop("See the log of decisions")),
    (REVIEW_ACCESS, gettext_noop("Confirm which grants an agency that merged hands on")),
    (REVIEW_VOICES, gettext_noop("Decide on ratings and petitions held for review")),
    (WRITE_OBJECTIONS, gettext_noop("Write objections to what was counted")),
    (SEND_OBJECTIONS, gettext_noop("Send objections, and give an opinion on those from below")),
    (DECIDE_OBJECTIONS, gettext_noop("Decide on objections and correct data")),
    (SET_TASKS, gettext_noop("Set tasks in action lists")),
    (REVIEW_ANOMALIES, gettext_noop("Settle the anomalies of the agencies below")),
    (KEEP_INDICATORS, gettext_noop("Draft and approve indicator sets")),
    (CONFIRM_RESULTS, gettext_noop("Confirm an agency's figures of a period before they are published")),
    (PUBLISH_RESULTS, gettext_noop("Review and publish results")),
    (OPERATE_SYSTEM, gettext_noop("Operate the system: roles, accounts, background tasks")),
)
CODENAMES: tuple[str, ...] = tuple(codename for codename, _label in PERMISSIONS)


def label(codename: str) -> str:
    """What a permission lets one do, in the reader's language; raises KeyError if there is none."""
    return gettext(dict(PERMISSIONS)[codename])
