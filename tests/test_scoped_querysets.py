"""No page, file or answer to a request reads records without asking who may see them.

In every module that handles requests, ``<ScopedModel>.objects`` stands in an expression that narrows it
(``visible_to``, ``visible``), or is listed below with the reason why it need not. Public modules may
read what is public, and nothing else.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from django.apps import apps
from django.conf import settings

from agencies.models.scoped import ScopedModel

ROOT = Path(settings.BASE_DIR)
APPS = ("agencies", "procedures", "feedback", "scoring", "portal")

#: Names in a path that say a module answers requests.
ANSWERS_REQUESTS = (
    "admin",
    "api",
    "pages",
    "views",
    "resources",
    "signing_in",
    "exchange",
    "delegation",
    "reports",
)
NEVER = ("migrations", "management", "models", "demo", "tests", "locale")

#: Modules open to everybody, and what everybody may read.
PUBLIC_MODULES = ("portal/pages/", "portal/api/", "portal/agency_search.py")
PUBLIC_MODELS = frozenset(
    {
        "Agency", "AgencyCode", "HeadOfAgency", "AgencyProcedure", "Announcement", "ReportedVolume",
        "Scorecard", "ScoreSnapshot", "Tally", "CatalogueTally",
        "IndicatorSet", "Group", "Criterion", "Band",
    }
)  # fmt: skip

NARROWING = frozenset({"visible_to", "visible", "watched", "none"})
MANAGERS = frozenset({"objects", "_default_manager", "_base_manager"})
SHORTCUTS = frozenset({"get_object_or_404", "get_list_or_404", "aget_object_or_404"})


class Use(NamedTuple):
    """A scoped model read without being narrowed: where, in which function, which model."""

    module: str
    function: str
    model: str


#: Uses that need no narrowing, with the reason, by module.
REASONS: dict[str, dict[tuple[str, str], str]] = {
    "agencies/admin_scope.py": {
        ("ScopedChoices._choices", "model"): "only for who sees everything, else none",
    },
    "agencies/admin/agency.py": {
        ("AgencyAdmin._count_below", "Agency"): "counts below the agencies of a page already narrowed",
        ("AgencyAdmin.get_form", "Agency"): "whether there is any agency yet",
        ("AgencyAdmin.move_elsewhere", "Agency"): "counts below an agency the user may change",
    },
    "agencies/admin/connected_system.py": {
        ("ConnectedSystemAdmin.save_model", "IntegrationClient"): "the very system the form is of",
        ("ConnectedSystemAdmin.revoke_access", "Agency"): "counts below an agency whose system is revoked",
        (
            "ConnectedSystemAdmin.revoke_access",
            "IntegrationClient",
        ): "counts the other systems of that agency",
    },
    "agencies/exchange/importing.py": {
        ("_own_agency", "Agency"): "by a path the user holds",
        ("apply_table", "Job"): "the check named by the user's own job",
    },
    "agencies/exchange/resource.py": {
        ("ExchangeResource.agencies", "Agency"): "codes of agencies are public; what may be written is asked",
        ("ExchangeResource._agency_keys", "AgencyCode"): "codes of agencies are public",
        ("ExchangeResource.readable", "model"): "narrowed in the next line, by readable_condition",
    },
    "agencies/resources.py": {
        ("AgencyResource.find", "Agency"): "rows to amend, each asked for by refusals before it is written",
        ("AgencyResource._taken", "AgencyCode"): "codes of agencies are public",
    },
    "procedures/resources.py": {
        ("OfAgencies.find", "model"): "rows to amend, each asked for by refusals before it is written",
    },
    "portal/admin/today/missing.py": {
        ("missing", "Agency"): "for who operates the system: whether there is any",
        ("missing", "Dossier"): "for who operates the system: whether there is any",
    },
    "portal/admin/today/offices.py": {
        ("offices", "Agency"): "by the paths the user may see",
        ("_asked_for", "Agency"): "asked in the next line, by may_see",
        ("_with_standings", "Scorecard"): "of these agencies",
    },
    "portal/admin/today/score.py": {
        ("_last_before", "Scorecard"): "of an agency the user may see",
    },
    "portal/admin/today/work.py": {
        ("_tasks", "TaskPulse"): "called for who operates the system",
    },
    "portal/delegation/acts.py": {
        ("office_and_below", "Agency"): "counts below an agency whose grants the reader sees",
    },
    "portal/delegation/holders_page.py": {
        ("Narrowed.by", "Agency"): "asked in the next line, by may_watch",
    },
    "portal/delegation/offers.py": {
        ("hangs_on", "Grant"): "the giver's own",
    },
    "portal/delegation/office_page.py": {
        ("office", "Agency"): "counts below an agency the reader watches over",
        ("office", "Invitation"): "to an agency the reader watches over",
        ("explained", "Agency"): "asked in the next lines, by may_watch and may",
    },
    "portal/delegation/places.py": {
        ("office_named", "Agency"): "asked in the next line, by may_watch and may",
        ("grant_seen", "Grant"): "asked in the next lines, by may_watch",
        ("invitation_to_decide", "Invitation"): "asked in the next lines, by may_watch",
    },
    "portal/delegation/review_page.py": {
        ("_carry_out", "Grant"): "one of those ticked, asked before",
    },
    "portal/delegation/succession_page.py": {
        ("SuccessionForm.__init__", "Agency"): "what came after; names of agencies are public",
    },
    "portal/delegation/tree.py": {
        ("_below", "Agency"): "below an agency the reader watches over",
        ("_told", "Agency"): "whether anything lies below offices already narrowed",
        ("_tops", "Agency"): "by the paths the reader watches over",
    },
    "portal/exchange/behind_asked.py": {
        ("_unit", "Agency"): "within an agency whose records the user sees",
    },
    "portal/exchange/behind_file.py": {
        ("scorecard_counts", "Scorecard"): "scorecards are public",
    },
    "portal/exchange/behind_page.py": {
        ("_agency", "Agency"): "asked in the next line, by may",
        ("behind", "Agency"): "directly below an agency whose records the user sees",
    },
    "portal/exchange/job_pages.py": {
        ("job_list", "Job"): "the user's own",
        ("_job", "Job"): "asked in the next line, by may_open",
    },
    "portal/exchange/table_pages.py": {
        ("_agency", "Agency"): "narrows an export that is narrowed to the user's own",
    },
    "portal/reports/action_pages.py": {
        ("task", "EventLog"): "the history of a task the reader sees",
        ("_choose", "Agency"): "directly below an agency whose tasks the user sets",
        ("_unit", "Agency"): "within an agency whose tasks the user sets",
    },
    "portal/signing_in/provider.py": {
        ("ProviderAdapter._tie", "Invitation"): "nobody is signed in yet: whether this address was invited",
    },
}
ALLOWED = {
    Use(module, function, model): reason
    for module, found in REASONS.items()
    for (function, model), reason in found.items()
}


def scoped_models() -> frozenset[str]:
    """The names of all models whose records belong to agencies, less catalogues that all may read."""
    return frozenset(
        model.__name__
        for model in apps.get_models()
        if issubclass(model, ScopedModel) and not model.readable_by_all
    )


def modules() -> Iterator[Path]:
    """The modules that answer requests."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            words = path.relative_to(ROOT).as_posix().replace("_", "/").replace(".", "/").split("/")
            whole = path.relative_to(ROOT).with_suffix("").parts
            if any(name in (*words, *whole) for name in ANSWERS_REQUESTS) and not set(whole) & set(NEVER):
                yield path


class Reader(ast.NodeVisitor):
    """Finds, in one module, where scoped models are read and not narrowed."""

    def __init__(self, module: str, models: frozenset[str]) -> None:
        self.module, self.models = module, models
        self.within: list[str] = []
        self.found: list[Use] = []

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._inside(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._inside(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._inside(node)

    def generic_visit(self, node: ast.AST) -> None:
        if isinstance(node, ast.expr):
            # The outermost expression of a statement: everything that narrows a set is in it.
            self._read(node)
            return
        super().generic_visit(node)

    def _inside(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        self.within.append(node.name)
        super().generic_visit(node)
        self.within.pop()

    def _read(self, expression: ast.expr) -> None:
        nodes = list(ast.walk(expression))
        if any(_called(node) in NARROWING for node in nodes):
            return
        for node in nodes:
            model = self._model(node)
            if model:
                self.found.append(Use(self.module, ".".join(self.within) or "<module>", model))

    def _model(self, node: ast.AST) -> str:
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS:
            name = getattr(node.value, "id", getattr(node.value, "attr", ""))
            # A model in a variable may be any of them.
            return name if name in self.models or name == "model" else ""
        if _called(node) in SHORTCUTS and isinstance(node, ast.Call) and node.args:
            name = getattr(node.args[0], "id", "")
            return name if name in self.models else ""
        return ""


def _called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def uses(module: str, source: str, models: frozenset[str]) -> list[Use]:
    """Where the source of a module reads scoped models without narrowing them."""
    reader = Reader(module, models)
    reader.visit(ast.parse(source))
    return reader.found


def all_uses() -> set[Use]:
    """The uses in all modules that answer requests, less those of public models in public modules."""
    models = scoped_models()
    found = set()
    for path in modules():
        module = path.relative_to(ROOT).as_posix()
        public = module.startswith(PUBLIC_MODULES)
        for use in uses(module, path.read_text(), models):
            if not (public and use.model in PUBLIC_MODELS):
                found.add(use)
    return found


def test_every_queryset_asks_who_may_see_it() -> None:
    forgotten = sorted(all_uses() - ALLOWED.keys())
    assert not forgotten, "\n".join(
        f"{module}: {function} reads {model}.objects without visible_to"
        for module, function, model in forgotten
    )


def test_no_exception_outlives_its_use() -> None:
    assert not sorted(ALLOWED.keys() - all_uses())
    assert all(reason.strip() for reason in ALLOWED.values())


@pytest.mark.parametrize(
    "line",
    [
        "x = Dossier.objects.filter(code=1)",
        "for x in Dossier.objects.all(): pass",
        "x = [y.pk for y in models.Dossier._default_manager.all()]",
        "x = get_object_or_404(Dossier, pk=1)",
        "x = model._base_manager.count()",
        "if Dossier.objects.exists(): y = Dossier.objects.visible_to(user)",
    ],
)
def test_a_forgotten_queryset_is_found(line: str) -> None:
    assert uses("some/views.py", f"def view(request):\n    {line}\n", frozenset({"Dossier"}))


@pytest.mark.parametrize(
    "line",
    [
        "x = Dossier.objects.visible_to(user).filter(code=1)",
        "x = Dossier.objects.filter(visible(user, 'agency__path'))",
        "x = get_object_or_404(Dossier.objects.visible_to(user), pk=1)",
        "x = Field.objects.all()",
    ],
)
def test_a_narrowed_queryset_passes(line: str) -> None:
    assert not uses("some/views.py", f"def view(request):\n    {line}\n", frozenset({"Dossier"}))


def test_the_check_reads_the_modules_it_is_there_for() -> None:
    read = {path.relative_to(ROOT).as_posix() for path in modules()}
    assert {
        "agencies/admin_scope.py",
        "agencies/admin/agency.py",
        "procedures/admin/inbox.py",
        "procedures/national/views.py",
        "portal/admin/today/work.py",
        "portal/api/standings.py",
    } <= read
    assert not any("migrations" in path or "/models/" in path for path in read)
