"""A chapter's own cells, run with one mistake in the helpers, up to the first check that fails.

``python tests/mutant.py 02 "PCA served as CEBRA"`` prints what the check says, or "all passed". A
process of its own: what is broken here stays broken. Fits come from the cache, or are trained for
the chapter and its test at once: those who break them change what came out, not what is kept.
"""

import os
import re
import sys
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UNTIL = {
    "01": r"synth\.\w+\.r2",
    "02": r"embed\.\w+\.direction_accuracy",
    "03": r"decode\.leaky\.posdir\.r2",
}
"""The last check that is asked for, by chapter; 02 and 03 need the headline models only."""


def pca_for_cebra(fits):
    """Principal components of the same windows in place of every model."""
    from sklearn.decomposition import PCA

    from helpers.decoding import plain
    from helpers.decoding.splits import contiguous_split
    from helpers.recordings.loading import load_recording

    rat = load_recording("simulated")
    of_rat = plain.pca(rat, contiguous_split(rat), 3)
    for fit in fits:
        if fit.job.spikes.shape == rat.spikes.shape:
            fit.__dict__["embedding"] = of_rat(rat.spikes, rat.segments)
            fit.transform = of_rat
        else:  # the benchmark: one sample a window, two dimensions
            fit.transform = PCA(2).fit(fit.job.spikes).transform


def labels_shuffled(fits):
    """The model whose labels were shuffled in place of the one that was told the truth."""
    for told, control in (("posdir", "shuffled"), ("cebra, ", "shuffled, ")):
        for fit in named(fits, told):
            wrong = named(fits, control)[0]
            if fit.job.spikes.shape == wrong.job.spikes.shape:
                fit.__dict__["embedding"] = wrong.embedding
                fit.transform = wrong.transform


def named(fits, part):
    """Those fits whose jobs have a part in their name."""
    return [fit for fit in fits if part in fit.job.name]


def pushed_away(job, n_steps):
    """Losses of a model in training with the sign of InfoNCE flipped."""
    from helpers.training.one import Training, new_sampler

    run = Training(job)
    right = run.criterion.forward

    def wrong(reference, positive, negative):
        _, align, uniform = right(reference, positive, negative)
        return uniform - align, -align, uniform

    run.criterion.forward = wrong
    batches = new_sampler(job, run.module).batches(n_steps)
    return [run.step(centres)[0] for centres in batches]


def sign_flipped(fits):
    """The loss of a model that was pushed away from its positives, 300 steps long."""
    fit = named(fits, "posdir")[0]
    fit.loss[-300:] = pushed_away(fit.job, 300)


def off_by_one(_):
    """Every estimate is held against the label of the next bin."""
    from helpers.decoding import bayes
    from helpers.decoding import neighbours as decoding

    right = decoding.as_result

    def wrong(recording, *args, **kwargs):
        result = right(recording, *args, **kwargs)
        labels = recording.labels("posdir")
        late = (result.bins + 1).clip(max=len(labels) - 1)
        return replace(result, label=labels[late])

    decoding.as_result = bayes.as_result = wrong


BREAKS = {
    "nothing": lambda fits: None,
    "PCA served as CEBRA": pca_for_cebra,
    "labels shuffled": labels_shuffled,
    "sign flipped in InfoNCE": sign_flipped,
    "decoder off by one bin": off_by_one,
}


def run(chapter: str, mistake: str) -> str:
    """Run a chapter's cells until a check fails; return what it says, or "all passed"."""
    import matplotlib.pyplot as plt

    from helpers import figures, training
    from helpers.book.pairing import read_source
    from helpers.claims import checks
    from helpers.figures import style

    reached = []
    checks._store = lambda id, _: reached.append(id)
    # what is drawn does not matter here
    figures.show = style.show = lambda *_, **__: plt.close("all")
    right = training.fit_many

    def wrong(jobs, *args, **kwargs):
        fits = right(jobs, *args, **kwargs)
        BREAKS[mistake](fits)
        return fits

    training.fit_many = wrong
    (source,) = (ROOT / "chapters").glob(f"{chapter}_*.py")
    names = {"__name__": "__main__"}
    for cell in read_source(source).cells:
        if cell.cell_type != "code":
            continue
        try:
            exec(compile(cell.source, source.name, "exec"), names)
        except AssertionError as error:
            return str(error)
        if any(re.fullmatch(UNTIL[chapter], id) for id in reached):
            return "all passed"
    raise RuntimeError(f"chapter {chapter} checks nothing like {UNTIL[chapter]}")


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    os.environ |= {"CEBRA_BOOK_RECORDING": "simulated", "CEBRA_BOOK_PROFILE": "quick"}
    os.environ |= {"MPLBACKEND": "agg"}
    print(f"\n{run(*sys.argv[1:3])}")
