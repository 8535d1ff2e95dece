"""Which code computes a result: a function, and every definition of the helpers that it reaches.

Read from the source alone, nothing is imported. A definition is named by what it says, not by where
it stands: moving it to another file, or editing its comments and docstrings, changes no digest;
editing a function that it calls, or a constant or class that it names, does. The keys of cached
results and the stamps of published pages are made from it.
"""

import ast
import copy
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from .files import ROOT

PACKAGE = "helpers"
IMPORTS = (ast.Import, ast.ImportFrom)
BLOCKS = (ast.If, ast.Try, ast.With, ast.For, ast.While)


class Definition(NamedTuple):
    """A name of a module of the helpers; an empty name is all of the module."""

    module: str
    name: str


class Module(NamedTuple):
    """A module as text: statements by the name they define, and what its imports are called."""

    defines: dict[str, list[ast.stmt]]
    imports: dict[str, tuple[str, str]]  # module and name that stand behind it
    runs: list[ast.stmt]  # what importing it does beyond defining names


def digest(*roots: tuple[str, str]) -> str:
    """Hash the code that some definitions run.

    Parameters
    ----------
    *roots : (str, str)
        Module and name, for example ``("helpers.training.one", "train")``.

    Returns
    -------
    str
        SHA-256, hexadecimal; comments, docstrings and the places of files do not enter.

    Raises
    ------
    ValueError
        If a module of the helpers defines no such name.
    """
    for module, name in roots:
        if not file_of(module) or name not in read(module).defines:
            raise ValueError(f"{module} defines no {name!r}; name a function of the helpers")
    return _digest(frozenset(Definition(*root) for root in roots))


@cache
def _digest(roots: frozenset[Definition]) -> str:
    return _hashed(text for found in reached(roots) for text in says(found))


def digest_of_source(source: str) -> str:
    """Hash a piece of code, a chapter's for example, and the definitions that it reaches."""
    tree = ast.parse(source)
    known = _resolved(_imports(tree, ""))
    own = [text for text in map(_text, tree.body) if text]
    roots = frozenset(_named(tree, known))
    return _hashed([*own, *(text for found in reached(roots) for text in says(found))])


def reached(roots: Iterable[Definition]) -> set[Definition]:
    """Follow names from some definitions to all that they need, in any module of the helpers."""
    found: set[Definition] = set()
    waiting = list(roots)
    while waiting:
        one = waiting.pop()
        if one in found:
            continue
        found.add(one)
        waiting += [Definition(one.module, "")] if one.name and read(one.module).runs else []
        waiting += needs(one)
    return found


@cache
def needs(one: Definition) -> frozenset[Definition]:
    """Definitions that one names itself."""
    module = read(one.module)
    here = {name: Definition(one.module, name) for name in module.defines}
    statements = module.defines[one.name] if one.name else module.runs
    used = set()
    for statement in statements:
        local = _imports(statement, _package(one.module))
        known = here | _resolved(module.imports | local)
        used |= set(_named(statement, known))
    return frozenset(used - {one})


@cache
def says(one: Definition) -> tuple[str, ...]:
    """What a definition says: its code without comments, docstrings and imports."""
    module = read(one.module)
    statements = module.defines[one.name] if one.name else module.runs
    return tuple(filter(None, map(_text, statements)))


@cache
def read(module: str) -> Module:
    """Read a module of the helpers without importing it."""
    tree = ast.parse(file_of(module).read_text(encoding="utf-8"))
    defines: dict[str, list[ast.stmt]] = {}
    runs = []
    for statement in _flat(tree.body):
        names = _names_of(statement)
        for name in names:
            defines.setdefault(name, []).append(statement)
        if not names and not isinstance(statement, IMPORTS) and not _is_text(statement):
            runs.append(statement)
    return Module(defines, _imports(tree, _package(module)), runs)


def file_of(module: str) -> Path | None:
    """Find the file of a module of the helpers, None if there is none."""
    if module.split(".")[0] != PACKAGE:
        return None
    path = ROOT.joinpath(*module.split("."))
    return next((p for p in (path.with_suffix(".py"), path / "__init__.py") if p.exists()), None)


def _package(module: str) -> str:
    is_package = file_of(module).name == "__init__.py"
    return module if is_package else module.rpartition(".")[0]


def _flat(statements: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements at the top of a module, those under `if` and `try` too."""
    for one in statements:
        if isinstance(one, BLOCKS):
            parts = [getattr(one, part, []) for part in ("body", "orelse", "finalbody")]
            parts += [handler.body for handler in getattr(one, "handlers", [])]
            for part in parts:
                yield from _flat(part)
        else:
            yield one


def _names_of(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [statement.name]
    targets = getattr(statement, "targets", [getattr(statement, "target", None)])
    nodes = [node for target in filter(None, targets) for node in ast.walk(target)]
    return [node.id for node in nodes if isinstance(node, ast.Name)]


def _imports(tree: ast.AST, package: str) -> dict[str, tuple[str, str]]:
    """What the imports in a piece of code are called there, those of the helpers."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: len(package.split(".")) + 1 - node.level]
            base = ".".join([*(parents if node.level else []), *filter(None, [node.module])])
            if file_of(base):
                found |= {alias.asname or alias.name: (base, alias.name) for alias in node.names}
    return found


def _resolved(imports: dict[str, tuple[str, str]]) -> dict[str, Definition]:
    """Find the definitions behind imported names."""
    found = {name: origin(*target) for name, target in imports.items()}
    return {name: one for name, one in found.items() if one}


def origin(module: str, name: str) -> Definition | None:
    """Find where a name of a module is defined, through any front door that hands it on."""
    inside = f"{module}.{name}"
    if name in read(module).defines:
        return Definition(module, name)
    handed_on = read(module).imports.get(name)
    if handed_on and handed_on != (module, name):
        return origin(*handed_on)
    return Definition(inside, "") if file_of(inside) else None


def _named(tree: ast.AST, known: dict[str, Definition]) -> Iterator[Definition]:
    """Definitions that a piece of code names, `module.name` included."""
    members = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            holder = known.get(node.value.id)
            if holder and not holder.name:
                target = origin(holder.module, node.attr)
                members.add(node.value)
                yield target or holder
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in known and node not in members:
            yield from _all_of(known[node.id])


def _all_of(one: Definition) -> Iterator[Definition]:
    """A definition; of a module that is passed on as a whole, everything it defines."""
    yield one
    if not one.name:
        yield from (Definition(one.module, name) for name in read(one.module).defines)


def _text(statement: ast.stmt) -> str:
    if isinstance(statement, IMPORTS) or _is_text(statement):
        return ""
    return ast.unparse(_Bare().visit(copy.deepcopy(statement)))


class _Bare(ast.NodeTransformer):
    """Takes out docstrings and imports: what is left is what runs."""

    def generic_visit(self, node):
        super().generic_visit(node)
        if isinstance(getattr(node, "body", None), list):
            kept = [one for one in node.body if not _is_text(one) and not isinstance(one, IMPORTS)]
            node.body = kept or [ast.Pass()]
        return node


def _is_text(statement: ast.AST) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _hashed(texts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(sorted(set(texts))).encode()).hexdigest()
