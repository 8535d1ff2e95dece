"""The provenance line names the device, with a graphics card and without."""

from types import SimpleNamespace

import pytest
import torch

from helpers.claims.provenance import describe_device
from helpers.diary import bugs as diary

CARD = SimpleNamespace(name="NVIDIA Test", total_memory=40 * 2**30, multi_processor_count=108)


@pytest.fixture
def card(monkeypatch):
    """A graphics card as torch describes one: no `total_mem` on it."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 0)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda number: CARD)
    monkeypatch.setattr(torch.version, "cuda", "12.8")


def test_a_graphics_card_is_described(card):
    line = describe_device()
    assert line.startswith("NVIDIA Test, 40 GiB, 108 multiprocessors, torch ")
    assert line.endswith("with CUDA 12.8")


def test_so_is_a_processor(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)
    line = describe_device()
    assert line.startswith("CPU (")
    assert " GiB, " in line
    assert " 1 thread, torch " in line
    assert line.endswith("without CUDA")


def test_the_wrong_attribute_fails_on_every_device(card):
    with pytest.raises(AttributeError, match="total_mem"):
        diary.device_properties().total_mem  # noqa: B018


def test_the_stand_in_has_the_attributes_of_the_real_one(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    properties = diary.device_properties()
    assert properties.total_memory > 0
    with pytest.raises(AttributeError, match="'_CudaDeviceProperties' object has no attribute"):
        properties.total_mem  # noqa: B018
