"""Faults of training: one job of many diverges, wants more memory than there is, or is killed."""

import faultstage
import pytest


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return faultstage.lay_out(tmp_path_factory.mktemp("toy") / "book")


@pytest.fixture(scope="module")
def ailing(root):
    """A run of four jobs, two of which cannot end well, under a limit to the memory."""
    stage = faultstage.Stage(root, root.parent / "ailing")
    code, said = stage.finish("02")
    assert code == 1, said
    return stage


def told(stage, chapter):
    """The error that stopped a chapter."""
    outputs = [output for cell in stage.outputs(chapter) for output in cell]
    (error,) = [output for output in outputs if output.output_type == "error"]
    return error


def test_a_loss_that_turns_nan_stops_its_job_and_says_what_to_change(ailing):
    message = told(ailing, "02_ailing").evalue
    assert message.startswith("2 of 4 jobs failed: ")
    assert "diverging: the loss is not finite from step 1 on; lower learning_rate" in message


def test_a_job_too_large_for_the_memory_spares_the_others(ailing):
    assert "huge: " in (message := told(ailing, "02_ailing").evalue)
    assert "can't allocate memory" in message
    assert len(ailing.begun()) == 4
    assert len(ailing.done()) == 2  # the first and the second


def test_a_worker_killed_for_its_memory_loses_its_own_job_only(root):
    stage = faultstage.Stage(root, root.parent / "slain")
    code, said = stage.finish("03", TOY_SLAY="slain")
    assert code == 1, said
    assert told(stage, "03_slain").ename == "TerminatedWorkerError"
    assert len(stage.done()) == 2
    code, said = stage.finish("03")
    assert code == 0, said
    assert len(stage.done()) == 3
    assert len(stage.begun()) == 4
    assert stage.begun_again() == []
