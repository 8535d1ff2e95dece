"""The digest of code: what a result depends on enters it, where that stands does not."""

import pytest

from helpers import code

ROOMS = {
    "__init__": "",
    "files": "def read(path):\n    return path\n",
    "wing/__init__": "from .room import make, LIMIT\nfrom . import room\n",
    "wing/room": (
        '"""A room."""\nfrom helpers.files import read\nLIMIT = 3\n'
        "def make(n):\n    return Thing(n).grown(LIMIT)\n"
        "def idle():\n    return 0\n"
        "class Thing:\n    def grown(self, n):\n        return read(n)\n"
    ),
    "other": "from helpers.wing import make\ndef use():\n    return make(1)\n",
    "whole": "from helpers import wing\ndef use():\n    return wing.make(1)\n",
    "passed": "from helpers.wing import room\ndef use():\n    return vars(room)\n",
}


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A small house of helpers, and its digest with some files in other words."""

    def digest(module="helpers.other", name="use", **changed):
        for place, text in {**ROOMS, **changed}.items():
            file = tmp_path / "helpers" / f"{place.replace('__of__', '/')}.py"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        for kept in (code.read, code.needs, code.says, code._digest):
            kept.cache_clear()
        return code.digest((module, name))

    monkeypatch.setattr(code, "ROOT", tmp_path)
    yield digest
    for kept in (code.read, code.needs, code.says, code._digest):
        kept.cache_clear()


def room(old, new):
    return {"wing/room": ROOMS["wing/room"].replace(old, new)}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Thing(n)", "Thing(n + 1)"),
        ("LIMIT = 3", "LIMIT = 4"),
        ("return read(n)", "return read(2)"),
        ("LIMIT = 3", "LIMIT = 3\nprint(LIMIT)"),
    ],
    ids=["function", "constant", "class", "what importing runs"],
)
@pytest.mark.parametrize("module", ["other", "whole", "passed"])
def test_what_is_reached_counts(house, module, old, new):
    module = f"helpers.{module}"
    assert house(module) != house(module, **room(old, new))


def test_code_of_another_room_counts(house):
    assert house() != house(files="def read(path):\n    return path * 2\n")


@pytest.mark.parametrize(
    ("old", "new"),
    [("return 0", "return 1"), ('"""A room."""', '"""Another."""  # and a comment')],
    ids=["a function that nobody calls", "docstring and comment"],
)
def test_what_runs_not_does_not_count(house, old, new):
    assert house() == house(**room(old, new))


def test_a_module_that_is_passed_on_counts_whole(house):
    assert house("helpers.passed") != house("helpers.passed", **room("return 0", "return 1"))


def test_a_move_changes_nothing(house):
    moved = ROOMS["wing/room"].replace("from helpers.files", "from ..files")
    front = {"wing/__init__": "from .hall import make\n", "wing/hall": moved}
    assert house() == house(**front)


def test_a_chapter_depends_on_what_it_names(house):
    house()
    chapter = "from helpers import wing\nprint(wing.{})"
    digests = [code.digest_of_source(chapter.format(name)) for name in ("make", "LIMIT", "make")]
    assert digests[0] == digests[2] != digests[1]
    assert code.digest_of_source(chapter.format("make") + "  # so") == digests[0]


def test_a_name_that_is_not_there_is_refused(house):
    with pytest.raises(ValueError, match="defines no 'nothing'"):
        house(name="nothing")


def test_the_real_training_reaches_what_it_computes_with():
    found = code.reached([code.Definition("helpers.training.one", "train")])
    assert {"Training", "Sampler", "WindowEncoder"} <= {one.name for one in found}
