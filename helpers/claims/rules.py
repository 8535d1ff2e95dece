"""The rules by which claims are judged: the kinds that the head of data/claims.yml lists, as code.

What each kind wants as our value: a number (close, bits, about, range, more, less); a number, a
list or a mapping like the claim's (equal); a mapping with the claim's keys (each); a mapping of the
named methods to their means (order); a truth value, or the numbers that the rule's conditions name
(shape). A standard deviation has the value's form, or is one number for all of it.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from .published import Claim

SHARES = {"close": 0.05, "bits": 0.05, "about": 0.10, "each": 0.05, "range": 0.05}
"""Let pass in any case, as `shares` in data/claims.yml; a rule's own `share` overrides it."""
APART = 2  # standard deviations: of ours from the claim's, and joint between those of an order
COMPARE = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": operator.eq,
}
SIGNS = {">=": "≥", "<=": "≤", "==": "="}
CONDITION = re.compile(r"(\S+) (>=|<=|>|<|==) (?:([\d.]+) \* )?(\S+)")


def satisfied(claim: Claim, value, sd=None) -> bool:
    """Say whether a value, in the form that the rule's kind wants, keeps a claim's rule.

    A missing standard deviation counts as none, which makes no rule milder. ValueError if the kind
    is none that judges, or the value has not its form.
    """
    return _outcome(claim, value, sd)[0]


def reason(claim: Claim, value, sd=None) -> str:
    """Say in one line how far a value keeps a claim's rule; parameters as in `satisfied`."""
    return _outcome(claim, value, sd)[1]


def ids_of(rule: Mapping) -> list[str]:
    """List the recorded ids that the conditions of a `shape` rule name, in order, each once."""
    found = []
    for condition in [*rule.get("all", ()), *rule.get("any", ())]:
        left, _, _, right = _parts(condition)
        found += [side for side in (left, right) if isinstance(side, str)]
    return list(dict.fromkeys(found))


def names_in(order: str) -> list[str]:
    """Take an order, `"A > B > C"` or `"A < B"`, apart into its names."""
    return [name.strip() for name in re.split(r"[<>]", order)]


def shown(value) -> str:
    """Write a measured value for a table: as many digits as its size deserves."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {shown(entry)}" for key, entry in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"({', '.join(shown(entry) for entry in value)})"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) or value is None:
        return value or "–"
    if float(value).is_integer():
        return f"{value:g}"
    return f"{value:.{digits(value)}f}".replace("-", "−")


def digits(value: float) -> int:
    """Decimal places in which a measured number is shown."""
    return 1 if abs(value) >= 10 else 2 if abs(value) > 1 else 3


def _outcome(claim: Claim, value, sd) -> tuple[bool, str]:
    """Judge, and say why; each kind of rule has a function below."""
    kind = claim.rule["kind"]
    if kind not in _KINDS:
        raise ValueError(f"claim {claim.id} by the {claim.said_by} has rule {kind!r}: no judge")
    try:
        return _KINDS[kind](claim, value, sd)
    except (TypeError, KeyError) as error:
        raise ValueError(
            f"claim {claim.id} by the {claim.said_by} has rule {kind!r}, which cannot judge "
            f"{value!r}; give what the head of helpers/claims/rules.py says"
        ) from error


def _close(claim, value, sd):
    ours, theirs = _number(value), _number(claim.value)
    # The source's spread if it gives one, else ours, as that of the single run that it states: our
    # own noise does not make a stated mean easier to meet.
    spread = _number(sd or 0) if claim.sd is None else claim.sd
    allowed = max(APART * spread, _share(claim) * abs(theirs))
    off = abs(ours - theirs)
    if off > allowed and _outdone(claim.rule, ours, theirs):
        return True, f"better by {off:.2g}"
    return off <= allowed, f"off by {off:.2g}, allowed {allowed:.2g}"


def _outdone(rule, ours, theirs):
    """Whether a method does better than was claimed of it, if the rule says which way that is."""
    more, less = rule.get("at_least", False), rule.get("at_most", False)
    return (more and ours >= theirs) or (less and ours <= theirs)


def _bits(claim, value, sd):
    """As `_close`, of what lies between a loss and chance: raw InfoNCE is mostly its constant."""
    chance = math.log(claim.rule["batch"])
    ours, theirs = ((chance - _number(loss)) / math.log(2) for loss in (value, claim.value))
    spread = (_number(sd or 0)) / math.log(2)
    kept, why = _close(replace(claim, value=theirs, sd=None), ours, spread)
    return kept, f"{ours:.2f} bits below chance, not {theirs:.2f}: {why}"


def _each(claim, value, sd):
    single = {"kind": "close", "share": _share(claim)}
    failed = []
    for key, theirs in claim.value.items():
        if _outdone(claim.rule, _number(value[key]), theirs):
            continue
        one = Claim(claim.id, claim.said_by, theirs, claim.where, claim.protocol, single, claim.sd)
        own = sd.get(key) if isinstance(sd, Mapping) else sd
        if not _close(one, value[key], own)[0]:
            failed.append(f"{key} is {shown(value[key])}, not {shown(theirs)}")
    return not failed, "; ".join(failed) or f"each of {len(claim.value)} within its bounds"


def _range(claim, value, sd):
    low, high = claim.value
    share, ours = _share(claim), _number(value)
    kept = low - share * abs(low) <= ours <= high + share * abs(high)
    return kept, f"{'in' if kept else 'out'}side {shown(low)} to {shown(high)}"


def _more(claim, value, sd):
    than, ours = _number(claim.rule.get("than", claim.value)), _number(value)
    return ours > than, f"{'' if ours > than else 'not '}above {shown(than)}"


def _less(claim, value, sd):
    than, ours = _number(claim.rule.get("than", claim.value)), _number(value)
    return ours < than, f"{'' if ours < than else 'not '}below {shown(than)}"


def _equal(claim, value, sd):
    to = claim.rule.get("to", claim.value)
    entries = value if isinstance(value, Mapping) else {"": value}
    unlike = [
        f"{key} {shown(one)}".strip() for key, one in entries.items() if _list(one) != _list(to)
    ]
    if unlike:
        return False, f"{', '.join(unlike)} instead of {shown(to)}"
    return bool(entries), f"exactly {shown(to)}"


def _order(claim, value, sd):
    names = names_in(claim.value)
    sign = -1 if ">" in claim.value else 1
    ours = sorted(names, key=lambda name: sign * _number(value[name]))
    found = f" {'>' if sign < 0 else '<'} ".join(ours)
    if ours != names:
        return False, f"ours: {found}"
    spread = {n: (sd.get(n) if isinstance(sd, Mapping) else sd) or 0 for n in names}
    tied = [
        f"{a} and {b}"
        for a, b in zip(names, names[1:], strict=False)
        if abs(value[a] - value[b]) < APART * (spread[a] ** 2 + spread[b] ** 2) ** 0.5
        or value[a] == value[b]
    ]
    return not tied, f"in this order, but {', '.join(tied)} not apart" if tied else "in this order"


def _shape(claim, value, sd):
    if isinstance(value, bool):
        return value, claim.rule["criterion"]
    every, some = claim.rule.get("all", ()), claim.rule.get("any", ())
    if not every and not some:
        raise TypeError("without conditions only a truth value can be judged")
    judged = {condition: _condition(condition, value) for condition in (*every, *some)}
    holds = all(judged[c][0] for c in every)
    holds = holds and (not some or any(judged[c][0] for c in some))
    return holds, "; ".join(why for _, why in judged.values())


def _condition(condition: str, values: Mapping) -> tuple[bool, str]:
    """Judge one condition of a `shape` rule by the recorded values."""
    left, symbol, factor, right = _parts(condition)
    limit = factor * (values[right] if isinstance(right, str) else right)
    kept = COMPARE[symbol](values[left], limit)
    sign = f"{'' if kept else 'not '}{SIGNS.get(symbol, symbol)}"
    return kept, f"{left} is {shown(values[left])}, {sign} {shown(limit)}"


_KINDS = {
    "close": _close,
    "bits": _bits,
    "about": _close,
    "each": _each,
    "range": _range,
    "more": _more,
    "less": _less,
    "equal": _equal,
    "order": _order,
    "shape": _shape,
}


def _share(claim: Claim) -> float:
    return claim.rule.get("share", SHARES[claim.rule["kind"]])


def _number(value) -> float:
    if isinstance(value, (bool, str)) or value is None:
        raise TypeError(f"{value!r} is no number")
    return float(value)


def _list(value) -> list:
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]


def _parts(condition: str) -> tuple[str, str, float, str | float]:
    """Take `"a.b > 1.1 * c.d"` apart; a bare id must be true, a bare number is a limit."""
    if re.fullmatch(r"[a-z][\w.-]*", condition):
        return condition, "==", 1, 1.0
    match = CONDITION.fullmatch(condition)
    if not match:
        raise ValueError(f"condition {condition!r} is not `id >= number` or `id > 1.1 * id`")
    left, symbol, factor, right = match.groups()
    limit = float(right) if re.fullmatch(r"−?-?[\d.]+", right) else right
    return left, symbol, float(factor or 1), limit
