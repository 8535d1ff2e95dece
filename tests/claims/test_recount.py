"""The scorecard's totals, counted once more from claims.yml and results.json alone.

Written from the head of data/claims.yml, and deliberately without `rules` and `verdicts`: two
readings of one text have to agree.
"""

import json
import math
import re
from collections import Counter

import pytest
import yaml

from helpers.claims import scorecard
from helpers.files import ROOT

BOOK = yaml.safe_load((ROOT / "data/claims.yml").read_text(encoding="utf-8"))
RESULTS = json.loads((ROOT / "data/results.json").read_text(encoding="utf-8"))
RECORDED = json.loads((ROOT / "data/expected.json").read_text(encoding="utf-8"))


def rule_of(claim):
    return claim.get("rule") or BOOK["default_rule"]


def spread_of(id):
    entry = RESULTS[id]
    if entry["sd"] is not None or isinstance(entry["value"], (str, bool)):
        return entry["sd"] or 0
    kept = RECORDED[f"{entry['recording']}/{entry['profile']}"].get(id, {})
    own = kept.get("runs", 1) > 1 and "spread_of" not in kept and not isinstance(kept["sd"], list)
    return kept["sd"] if own else 0


def keys_of(claim, field):
    """Which ids measure a claim, by key of its value."""
    given = claim.get(field)
    if isinstance(given, dict):
        return given
    if given or field != "measured":
        return {"": given} if given else {}
    rule = rule_of(claim)
    if rule["kind"] == "shape":
        words = " ".join([*rule.get("all", ()), *rule.get("any", ())])
        named = re.findall(r"[a-z_]+\.[\w.-]*[a-z0-9]", words)
        return {id: id for id in named} or {"": claim["id"]}
    if isinstance(claim["value"], dict):
        return {key: f"{claim['id']}.{key}" for key in claim["value"]}
    return {"": claim["id"]}


def near(ours, theirs, own, share, stated):
    two = 2 * (stated if stated is not None else own)
    return abs(ours - theirs) <= max(two, share * abs(theirs))


def keeps(claim, ours, sds):
    """Whether values by key keep a claim's rule."""
    rule, stated = rule_of(claim), claim["value"]
    kind = rule["kind"]
    share = rule.get("share", BOOK["shares"].get(kind, 0))
    one, sd = next(iter(ours.values())), next(iter(sds.values()))
    if kind in ("close", "about"):
        better = (rule.get("at_least") and one > stated) or (rule.get("at_most") and one < stated)
        return bool(better) or near(one, stated, sd, share, claim.get("sd"))
    if kind == "bits":
        bits = [(math.log(rule["batch"]) - loss) / math.log(2) for loss in (one, stated)]
        return near(*bits, sd / math.log(2), share, None)
    if kind == "each":
        return all(
            (rule.get("at_least") and ours[key] >= entry)
            or near(ours[key], entry, sds[key], share, claim.get("sd"))
            for key, entry in stated.items()
        )
    if kind == "range":
        low, high = stated
        return low - share * abs(low) <= one <= high + share * abs(high)
    if kind == "more":
        return one > rule.get("than", stated)
    if kind == "less":
        return one < rule.get("than", stated)
    if kind == "equal":
        return all(entry == rule.get("to", stated) for entry in ours.values())
    if kind == "order":
        return ordered(stated, ours, sds)
    assert kind == "shape", f"{kind} is no kind that the head of claims.yml names"
    if isinstance(one, bool) and "" in ours:
        return one
    every = all(condition(text, ours) for text in rule.get("all", ()))
    some = [condition(text, ours) for text in rule.get("any", ())]
    return every and (not some or any(some))


def ordered(text, ours, sds):
    names = [name.strip() for name in re.split("[<>]", text)]
    falling = ">" in text
    for a, b in zip(names, names[1:], strict=False):
        step = ours[a] - ours[b] if falling else ours[b] - ours[a]
        if step <= 0 or step < 2 * math.hypot(sds[a], sds[b]):
            return False
    return True


def condition(text, ours):
    if " " not in text:
        return ours[text] is True
    left, sign, *right = text.split()
    numbers = [ours[part] if part in ours else float(part) for part in right if part != "*"]
    limit = math.prod(numbers)
    return {
        ">": ours[left] > limit, "<": ours[left] < limit, "==": ours[left] == limit,
        ">=": ours[left] >= limit, "<=": ours[left] <= limit,
    }[sign]  # fmt: skip


def word(claim):
    """The verdict on a claim, by the head of claims.yml."""
    if rule_of(claim)["kind"] == "open":
        return "not testable here"
    ids = keys_of(claim, "measured")
    if any(id not in RESULTS for id in ids.values()):
        return "open"
    ours = {key: RESULTS[id]["value"] for key, id in ids.items()}
    sds = {key: spread_of(id) for key, id in ids.items()}
    other = claim.get("elsewhere", {}).get("value")
    said = other if isinstance(other, dict) else {"": other}
    if other is not None and not keeps(claim, said, dict.fromkeys(("", *ids), 0)):
        return "contradicts itself"
    if not keeps(claim, ours, sds):
        return "not reproduced"
    honest = keys_of(claim, "honest")
    if honest and all(id in RESULTS for id in honest.values()):
        clean = {key: RESULTS[id]["value"] for key, id in honest.items()}
        if not keeps(claim, clean, {key: spread_of(id) for key, id in honest.items()}):
            return "only with leakage"
    return "reproduced"


@pytest.mark.parametrize("who", ["blog", "paper"])
def test_the_totals_can_be_counted_without_the_code_that_judges(who):
    mine = {claim["id"]: word(claim) for claim in BOOK["claims"] if claim["said_by"] == who}
    rows = scorecard.judge_all(RESULTS)
    theirs = {row.claim.id: row.verdict.word for row in rows if row.claim.said_by == who}
    assert mine == theirs
    assert Counter(mine.values()) == scorecard.totals(rows)[who]
