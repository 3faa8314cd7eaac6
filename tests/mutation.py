"""Changes one thing in a room's code at a time and asks its tests: `python -m tests.mutation ROOM`.

A change the tests do not notice is printed as a diff; the summary line gives the share that they
did notice. The tests are collected and the database is made once; each mutant is a fork of that
process in which one function's code is replaced. Only the tests that came to that function when
nothing was changed are asked: those that came to the very line first, the cheap before the dear,
until one notices. mutmut and cosmic-ray begin a test run for each, which here means migrating a
database each time.
"""

from __future__ import annotations

import ast
import copy
import importlib
import inspect
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any, cast

import hypothesis
import pytest

LIMITS = "tests/portal/test_limits.py::test_the"
ROOMS: dict[str, tuple[list[str], list[str]]] = {
    "permissions": (
        ["documents.querysets", "portal.client"],
        [
            f"{LIMITS}_callers_address_is_what_the_nearest_trusted_proxy_saw",
            f"{LIMITS}_owner_of_the_machine_is_not_limited_until_a_proxy_stands_in_front",
            "tests/portal/test_limits.py::test_one_subscriber_has_one_address_however_many_it_holds",
            "tests/documents/test_querysets.py",
        ],
    ),
    "query": (["search_indexes.query"], ["tests/search_indexes/test_query.py"]),
    "jobs": (
        ["documents.jobs", "documents.tasks"],
        ["tests/documents/test_job_table.py", "tests/documents/test_jobs.py"],
    ),
    "storage": (["documents.storage"], ["tests/documents/test_storage.py"]),
    "outbox": (
        ["search_indexes.sync", "search_indexes.journal"],
        [
            "tests/search_indexes/test_outbox.py",
            "tests/search_indexes/test_validity.py::test_a_period_that_ends_overnight_is_noticed_although_nobody_changed_the_document",
            "tests/search_indexes/test_damage.py::test_a_large_damaged_index_is_healed_by_whoever_has_time",
            "tests/search_indexes/test_damage.py::test_an_index_of_another_version_is_set_apart_and_rebuilt",
            "tests/search_indexes/test_damage.py::test_the_next_change_heals_a_small_index",
            "tests/portal/test_kept_pages.py::test_every_change_of_a_published_document_changes_the_stamp",
            "tests/portal/test_kept_pages.py::test_a_change_committed_after_a_later_one_changes_the_stamp_too",
        ],
    ),
    "highlighter": (["search_indexes.excerpt"], ["tests/search_indexes/test_excerpt.py"]),
    "anchors": (["documents.section_anchors"], ["tests/documents/test_section_anchors.py"]),
}
"""Modules that are changed, and the tests that must notice."""

SLOWER = 4
"""A test that takes so many times its CPU, and two seconds more, hangs; which is noticed."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A function with one thing changed: where, what it says instead, and its code.

    ``file`` and ``lines`` are those of the function's body, ``line`` is the changed one.
    """

    function: FunctionType
    place: str
    change: str
    code: CodeType
    file: str
    lines: range
    line: int


SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult,
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.Break: ast.Continue, ast.Continue: ast.Break,
}  # fmt: skip


def changed(node: ast.AST) -> Iterator[ast.AST]:  # noqa: PLR0912 - one line a kind of change
    """What may stand in the place of *node*."""
    match node:
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield ast.Constant(value + 1)
        case ast.Constant(value=str(value)):
            yield ast.Constant(f"XX{value}")
        case ast.BinOp(op=op) | ast.BoolOp(op=op) if type(op) in SWAPS:
            yield _with(node, op=SWAPS[type(op)]())
        case ast.Compare(ops=[op]) if type(op) in SWAPS:
            yield _with(node, ops=[SWAPS[type(op)]()])
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            yield _with(node, test=ast.UnaryOp(ast.Not(), test))
        case ast.Return(value=value) if value is not None and not _is_none(value):
            yield ast.Return(ast.Constant(None))
        case ast.Assign() | ast.AnnAssign() if node.value is not None and not _is_none(node.value):
            yield _with(node, value=ast.Constant(None))
        case ast.AugAssign(op=op) if type(op) in SWAPS:
            yield _with(node, op=SWAPS[type(op)]())
        case ast.Expr(value=ast.Call()) | ast.Raise():
            yield ast.Pass()
        case ast.Break() | ast.Continue():
            yield SWAPS[type(node)]()
        case ast.Call(keywords=[_, *_]):
            for place in range(len(node.keywords)):
                left = node.keywords[:place] + node.keywords[place + 1 :]
                yield _with(node, keywords=left)


def _with(node: ast.AST, **fields: Any) -> ast.AST:
    copied = copy.copy(node)
    for name, value in fields.items():
        setattr(copied, name, value)
    return copied


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


class _At(ast.NodeTransformer):
    """Puts another node in the place of the *number*-th."""

    def __init__(self, target: ast.AST, other: ast.AST) -> None:
        self.target, self.other = target, other

    def visit(self, node: ast.AST) -> Any:
        if node is self.target:
            return ast.copy_location(self.other, node)
        return self.generic_visit(node)


def mutants(module: ModuleType) -> Iterator[Mutant]:
    """Every change to every function and method of *module*."""
    source = inspect.getsource(module)
    tree = ast.parse(source)
    lines = source.splitlines()
    for owner, definition in _definitions(tree):
        function = _function(module, owner, definition.name)
        if function is None:
            continue
        for node in _body_nodes(definition):
            for other in changed(node):
                code = _compiled(module, definition, node, other)
                if code is None or code.co_freevars != function.__code__.co_freevars:
                    continue
                place = f"{module.__name__}:{node.lineno} {definition.name}"  # type: ignore[attr-defined]
                new = ast.unparse(ast.fix_missing_locations(ast.copy_location(other, node)))
                change = f"- {lines[node.lineno - 1].strip()}\n+ {new.splitlines()[0]}"  # type: ignore[attr-defined]
                body = range(definition.body[0].lineno, (definition.end_lineno or 0) + 1)
                yield Mutant(
                    function,
                    place,
                    change,
                    code,
                    str(module.__file__),
                    body,
                    node.lineno,  # type: ignore[attr-defined]
                )


def _definitions(tree: ast.Module) -> Iterator[tuple[str | None, ast.FunctionDef]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield None, node
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef):
                    yield node.name, inner


def _function(module: ModuleType, owner: str | None, name: str) -> FunctionType | None:
    held = vars(module).get(name) if owner is None else vars(getattr(module, owner)).get(name)
    if isinstance(held, property):
        held = held.fget
    if isinstance(held, classmethod | staticmethod):
        held = held.__func__
    held = inspect.unwrap(held) if callable(held) else None
    return held if isinstance(held, FunctionType) else None


def _body_nodes(definition: ast.FunctionDef) -> Iterator[ast.AST]:
    """What is executed: no annotations, no docstrings, no messages of errors and logs."""
    for statement in definition.body:
        yield from _nodes(statement)


def _nodes(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Raise):
        yield node
        return
    if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("log."):
        return
    if isinstance(node, ast.stmt | ast.expr):
        yield node
    for name, value in ast.iter_fields(node):
        if name not in ("annotation", "returns", "format_spec"):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _nodes(child)


def _compiled(
    module: ModuleType, definition: ast.FunctionDef, node: ast.AST, other: ast.AST
) -> CodeType | None:
    places = {id(each): number for number, each in enumerate(ast.walk(definition))}
    copied = copy.deepcopy(definition)
    target = list(ast.walk(copied))[places[id(node)]]
    copied.decorator_list = []
    _At(target, copy.deepcopy(other)).visit(copied)
    tree = ast.fix_missing_locations(ast.Module([copied], []))
    try:
        whole = compile(tree, str(module.__file__), "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return None
    found = [c for c in whole.co_consts if isinstance(c, CodeType) and c.co_name == copied.name]
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a test came to when nothing was changed: (file, line), and the CPU seconds it took."""

    item: pytest.Item
    lines: set[tuple[str, int]]
    seconds: float

    def came_to(self, mutant: Mutant) -> bool:
        """Whether the test ran any line of the function that was changed."""
        return any((mutant.file, line) in self.lines for line in mutant.lines)


class Hunt:
    """A pytest plugin that runs the collected tests once as they are, and then against mutants."""

    def __init__(self, modules: list[str], seconds: float) -> None:
        self.modules, self.deadline = modules, time.monotonic() + seconds
        self.killed = self.total = self.left = 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Forks for every mutant once the tests have passed as they are."""
        modules = [importlib.import_module(name) for name in self.modules]
        tests = [
            _asked(session, item, {str(m.__file__) for m in modules}) for item in session.items
        ]
        found = [mutant for module in modules for mutant in mutants(module)]
        for mutant in found:
            if time.monotonic() > self.deadline:
                self.left = len(found) - self.total
                break
            self.total += 1
            if _noticed(session, mutant, tests):
                self.killed += 1
            else:
                print(f"\nunnoticed: {mutant.place}\n{mutant.change}", flush=True)
        return True


def _asked(session: pytest.Session, item: pytest.Item, files: set[str]) -> Asked:
    """Runs a test as it is; raises UsageError if it fails."""
    lines: set[tuple[str, int]] = set()

    def entered(frame: FrameType, _event: str, _argument: Any) -> Any:
        return reached if frame.f_code.co_filename in files else None

    def reached(frame: FrameType, _event: str, _argument: Any) -> Any:
        lines.add((frame.f_code.co_filename, frame.f_lineno))
        return reached

    began = time.process_time()
    threading.settrace(entered)
    sys.settrace(entered)
    try:
        passed = _passes(session, item)
    finally:
        sys.settrace(None)
        threading.settrace(None)
    if not passed:
        raise pytest.UsageError(f"{item.nodeid} fails as it is.")
    return Asked(item, lines, time.process_time() - began)


def _passes(session: pytest.Session, item: pytest.Item) -> bool:
    """Whether *item* passes.

    The database outlives it, because it is said to be followed by the session itself; what belongs
    to a module is made anew for each test, so that a change to it is noticed there too.
    """
    failed: list[str] = []

    def look(report: pytest.TestReport) -> None:
        if report.failed:
            failed.append(report.nodeid)

    watcher: Callable[[pytest.TestReport], None] = look
    plugin = type("Watcher", (), {"pytest_runtest_logreport": staticmethod(watcher)})()
    session.config.pluginmanager.register(plugin)
    try:
        following = cast("pytest.Item", session)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
    finally:
        session.config.pluginmanager.unregister(plugin)
    return not failed


def _noticed(session: pytest.Session, mutant: Mutant, tests: list[Asked]) -> bool:
    met = [test for test in tests if test.came_to(mutant)]
    if not met:
        return False
    met.sort(key=lambda test: ((mutant.file, mutant.line) not in test.lines, test.seconds))
    sys.stdout.flush()
    child = os.fork()
    if not child:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        session.config.pluginmanager.unregister(name="terminalreporter")
        mutant.function.__code__ = mutant.code
        alive = False
        try:
            alive = all(_bounded(test) and _passes(session, test.item) for test in met)
        finally:
            os._exit(0 if alive else 1)
    _, status = os.waitpid(child, 0)
    return status != 0


def _bounded(test: Asked) -> bool:
    """Ends this process where the test to come hangs."""
    bound = SLOWER * test.seconds + 2
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time() + bound) + 1, -1))
    signal.alarm(int(bound) * 20)  # one that waits for ever uses no CPU
    return True


def main(room: str, seconds: float) -> int:
    """Hunts through *room* for at most *seconds*; the exit status is 1 below 85 % noticed."""
    modules, tests = ROOMS[room]
    hunt = Hunt(modules, seconds)
    # Few examples and always the same: a mutant is noticed or not, whenever one asks.
    hypothesis.settings.register_profile(
        "mutation", max_examples=20, derandomize=True, deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )  # fmt: skip
    options = ["-q", "-p", "no:randomly", "-p", "no:cacheprovider", "--hypothesis-profile=mutation"]
    pytest.main([*options, *tests], plugins=[hunt])
    share = hunt.killed / max(1, hunt.total)
    print(f"\n{room}: {hunt.killed} of {hunt.total} mutants noticed ({share:.1%}), "
          f"{hunt.left} not tried")  # fmt: skip
    return int(share < 0.85)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 3600))
