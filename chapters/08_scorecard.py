# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The scorecard
#
# **The claim.** The blog's title promises a reproduction in *under two hours*, and its text tells of five results, all of
# them found again. The paper behind it ([Schneider, Lee & Mathis 2023](https://doi.org/10.1038/s41586-023-06031-6))
# makes no such boast and leaves more numbers to check. This page holds both to every claim of theirs that we found.
#
# **What you will see.** How many claims held and how many did not; a picture of every claimed number against ours; then
# each claim with its source, our measurement, its verdict, and the reason. None of it was typed. The claims and the
# rules that judge them stand in `data/claims.yml`, the measurements in the results file that the chapters of this very
# run wrote, and this page puts the two together.

# %% tags=["bootstrap"]
import os
import subprocess
import sys
from pathlib import Path

if "google.colab" in sys.modules and not Path("_toc.yml").exists():  # in Colab only
    if not Path("book").exists():
        url, tag = "https://github.com/your-name/a-ring-from-spikes", "main"
        clone = ["git", "clone", "--quiet", "--depth=1", "--branch", tag, url, "book"]
        subprocess.run(clone, check=True)
    os.chdir("book")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "-r", "requirements-colab.txt"]
    subprocess.run(pip, check=True)
root = next(p for p in (Path.cwd(), *Path.cwd().parents) if (p / "_toc.yml").exists())
sys.path.insert(0, str(root))

# %% tags=["parameters"]
from helpers.claims import default_profile

recording = os.environ.get("CEBRA_BOOK_RECORDING", "achilles")
profile = os.environ.get("CEBRA_BOOK_PROFILE") or default_profile()
seed = int(os.environ.get("CEBRA_BOOK_SEED", "0"))  # other values measure the spread

# %% tags=["nbval-ignore-output"]
from IPython.display import HTML, Markdown, display

from helpers.claims import (
    CONTRADICTION,
    LEAKAGE,
    REPRODUCED,
    WORDS,
    banner,
    begin,
    expect,
    scorecard,
)
from helpers.claims import scorecard_page as page
from helpers.figures import scorecard as pictures
from helpers.figures import style
from helpers.files import write_text
from helpers.recordings import load_recording

rec = load_recording(recording, on_missing="simulate")
begin("08", rec, profile, overridden=seed != 0)
style.use(rec)
banner(rec, profile)

# %% [markdown]
# ## What there is to judge
#
# While the book runs, each chapter writes what it measured into one file. Read alone, this page takes the published
# run's file. It says which, and what is not in it.

# %% tags=["nbval-ignore-output"]
results, rows = scorecard.load()
measured = [row for row in rows if row.measured.value is not None]
missing = scorecard.missing_chapters(rows, results)
source = "this run's results" if "CEBRA_BOOK_RESULTS" in os.environ else "the published results"
kinds = sorted({f"{entry['recording']}, {entry['profile']} profile" for entry in results.values()})
said = (
    f"From {source} ({'; '.join(kinds) or 'empty'}): {len(measured)} of {len(rows)} claims have "
    "a measurement."
)
if missing:
    said += (
        f"\n\n> **Not all chapters have run.** Nothing here comes from {', '.join(missing)}; their claims stand as "
        "*open*. `make book` runs them all."
    )
if any(row.preview for row in rows):
    said += (
        "\n\n> **A quick run.** The rules speak of the full training. What follows is a preview of the verdicts, and "
        "each row that it concerns says so."
    )
display(Markdown(said))

# %% [markdown]
# ## The score

# %% tags=["nbval-ignore-output"]
display(HTML(page.totals_html(rows)))

# %% tags=["nbval-ignore-output"]
counts = scorecard.totals(rows)


def score(who):
    """How many of a source's claims that could be judged were reproduced."""
    found = counts[who]
    judged = sum(n for word, n in found.items() if word in WORDS[:4])
    share = f" ({found.get(REPRODUCED, 0) / judged:.0%})" if judged else ""
    held = f"**{found.get(REPRODUCED, 0)}** are reproduced{share}"
    return f"of the {who}'s {judged} judged claims, {held}"


only = [row for row in rows if row.verdict.word == LEAKAGE]
torn = [row for row in rows if row.verdict.word == CONTRADICTION]


def named(chosen):
    """Count claims, and name them."""
    return f"{len(chosen)} ({'; '.join(page.phrase(row.claim.id) for row in chosen) or 'none'})"


lines = [f"{score('paper')}; {score('blog')}."]
lines += [f"claims that hold only if the test is allowed to leak: {named(only)}."]
lines += [f"claims whose source says two things about one: {named(torn)}."]
display(Markdown("\n".join(f"- {line[0].upper()}{line[1:]}" for line in lines)))

# %% [markdown]
# The two are not alike as witnesses. The paper's numbers are mostly numbers, with spread and data behind them; many of
# the blog's are words, such as *ring* or *sphere*, or values to be read off a bar. A word gets a criterion that a
# program can check; that criterion is ours, and a reader may want another.
#
# ## Claimed against measured

# %% tags=["nbval-ignore-output"]
numbers = page.points(rows)

# %% tags=["nbval-ignore-output"]
if numbers:
    style.show(
        pictures.claimed_against_measured(numbers),
        alt=f"Two scatter plots of measured against claimed values with the diagonal, {len(numbers)} numbers; "
        f"{sum(p.kept for p in numbers)} keep their rule. Blog in coral, paper in teal; filled where the rule is kept.",
        caption="Every claimed number that was measured, against ours. On the diagonal they agree; the band is five per "
        "cent. Bars: two standard deviations over seeds, where known; of a stated range, its ends. Filled: the claim's "
        "own rule is kept. Named: those that break it, farthest off first. The blog's decoding errors are measured under "
        "its own, leaking split here.",
        name="claimed-against-measured",
    )
else:
    print("No claimed number has a measurement in these results yet.")

# %% [markdown]
# ## Every claim
#
# In the order of the chapters. *Only with leakage*: our measurement keeps the rule when test moments leak into training,
# and breaks it when they do not. *Contradicts itself*: the same source states the same thing elsewhere, and by its own
# rule the two disagree. *Not testable here* and *open* come with their reasons.

# %% tags=["nbval-ignore-output"]
display(HTML(page.table_html(rows)))

# %% tags=["nbval-ignore-output"]
display(HTML(page.json_link(rows)))
if "CEBRA_BOOK_RESULTS" in os.environ:
    write_text(scorecard.results_file().with_name("scorecard.json"), page.as_json(rows))

# %%
expect("scorecard.claims", len(rows))
expect("scorecard.every_claim_has_a_verdict", all(row.verdict.word in WORDS for row in rows))
expect("scorecard.every_verdict_has_a_reason", all(row.verdict.why.strip() for row in rows))

# %% [markdown]
# ## How a verdict comes about
#
# A rule per claim, in one file, written down before the first full run. The kinds are few. *Close*: within two joint
# standard deviations, or within a share of the published value where the source was vague. *In a range*, *more*, *less*,
# *equal*, *in this order*. And for shapes a criterion made of conditions on measured numbers. `helpers/claims/rules.py` has
# each as a few lines of code, and a test holds every kind to both sides of its border.
#
# Where a criterion speaks of *chance*, chance is measured, too: what the same embedding scores when behaviour lags behind
# the spikes by trips.

# %% tags=["nbval-ignore-output"]
kinds = {}
for row in rows:
    kinds.setdefault(row.claim.rule["kind"], []).append(row.verdict.word)
head = "| rule | claims | reproduced |\n| --- | --: | --: |\n"
table = [f"| {k} | {len(words)} | {words.count(REPRODUCED)} |" for k, words in kinds.items()]
display(Markdown(head + "\n".join(table)))

# %% [markdown]
# ## What could fool us
#
# **A generous rule.** Some values are large before anything is learnt: a loss starts at its chance level, and a share of
# all of it is lenient. Chapter 02 judges the same losses in bits as well, where nought is nothing.
#
# **A strict one.** A spread over seeds is not a spread over rats. With few seeds it comes out small by chance, and a
# number may then miss by a hair what nobody would call wrong. Look at the distance, not only at the word.
#
# **Who chose the claims.** We did: what the post and the paper state plainly enough to be checked. What they show and do
# not say is not in the list.
#
# **One pair of eyes.** Values read off a published bar carry our reading. Their rule is wider for it.
#
# **Not reproduced is not false.** It says that these recordings, this code and these settings gave something else. Where
# the reason is known the chapter gives it; where it is not, the chapter says that too.
#
# ## Take-aways
#
# - A claim can be checked when it names its data, its split, its seeds and its spread. Ask for these four first.
# - Write the rule before the result. Everything after that is arithmetic.
# - Count the verdicts of those who contradict themselves apart: nobody can reproduce both halves.
# - A scorecard that cannot turn red is decoration. Change a number in this book's results, and this page changes its mind.
