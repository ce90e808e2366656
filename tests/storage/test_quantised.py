"""Whole numbers with scales: half a step of error, packed size, files of older versions."""

import math

import numpy as np
import pytest
import torch
from scipy.optimize import minimize_scalar

from qmlcourse.storage.quantised import dequantise, quantise


def _state(seed=0):
    generator = torch.Generator().manual_seed(seed)
    rows = (
        torch.randn(24, 3, 7, 11, generator=generator)
        * torch.logspace(-4, 4, 24)[:, None, None, None]
    )
    return {
        "deep.weight": rows,
        "deep.bias": torch.randn(24, generator=generator),
        "count": torch.tensor(7),
        "small.weight": torch.randn(3, 4, generator=generator),
    }


@pytest.mark.parametrize("bits", range(2, 9))
def test_every_bit_halves_the_error_of_each_row(bits):
    state = _state()
    again = dequantise(quantise(state, bits, smallest=1000))
    assert {k: v.shape for k, v in again.items()} == {k: v.shape for k, v in state.items()}
    row = state["deep.weight"].flatten(1)
    off = (again["deep.weight"].flatten(1) - row).square().mean(1).sqrt()
    # a uniform error within one step of the largest number has this root mean square
    step = row.abs().amax(1) / (2 ** (bits - 1) - 1)
    assert (off <= 1.1 * step / math.sqrt(12)).all()
    if bits == 8:  # no outliers to cut: the error is that of rounding
        assert (off >= 0.7 * step / math.sqrt(12)).all()
    assert torch.equal(again["count"], state["count"])
    assert torch.equal(again["deep.bias"], state["deep.bias"].half().float())
    assert torch.equal(again["small.weight"], state["small.weight"].half().float())


@pytest.mark.parametrize("bits", range(2, 9))
def test_whole_numbers_come_back_exactly_and_take_their_bits(bits):
    top = 2 ** (bits - 1) - 1
    generator = torch.Generator().manual_seed(bits)
    whole = torch.randint(-top, top + 1, (5, 1, 13), generator=generator).float()
    whole[:, 0, 0], whole[:, 0, 1] = top, -top
    state = {"w": whole * torch.tensor([0.25, 1.0, 2.0, 64.0, 2.0**-20])[:, None, None]}
    stored = quantise(state, bits, smallest=1)
    assert torch.equal(dequantise(stored)["w"], state["w"])
    assert stored["w"].numel() * stored["w"].element_size() == math.ceil(65 * bits / 8)


@pytest.mark.parametrize("bits", [3, 4, 6])
def test_the_step_of_normal_numbers_is_the_best_uniform_one(bits):
    top = 2 ** (bits - 1) - 1
    x = np.linspace(-6, 6, 20001)
    weight = np.exp(-(x**2) / 2) / np.exp(-(x**2) / 2).sum()

    def lost(step):
        return weight @ (np.clip(np.round(x / step), -top, top) * step - x) ** 2

    right = minimize_scalar(lost, (1.5 / top, 3 / top), (1 / top, 6 / top)).fun
    rows = torch.randn(4, 50000, generator=torch.Generator().manual_seed(3))
    off = dequantise(quantise({"w": rows}, bits))["w"] - rows
    assert float(off.square().mean()) == pytest.approx(right, rel=0.03)


def test_a_file_of_floats_or_of_half_precision_is_read():
    state = _state(1)
    for older in (state, {k: v.half() if v.is_floating_point() else v for k, v in state.items()}):
        again = dequantise(older)
        for name, value in older.items():
            assert torch.equal(again[name], value.float() if name != "count" else value)


def test_scales_of_a_network_are_no_scales_of_rows():
    state = {"norm.scale": torch.ones(3), "norm.bias": torch.zeros(3)}
    assert set(dequantise(quantise(state))) == set(state)
    with pytest.raises(ValueError, match="a name that scales take"):
        quantise({"w": torch.ones(2, 2), "w.scale": torch.ones(2)})


def test_what_does_not_fit_is_refused_in_one_sentence():
    with pytest.raises(ValueError, match="bits is 9; take 2 to 8"):
        quantise(_state(), 9)
    with pytest.raises(ValueError, match="not finite"):
        quantise({"w": torch.full((64, 64), torch.nan)})
    stored = quantise(_state(), 4, smallest=1000)
    huge = {**stored, "deep.weight.packed": torch.tensor([4, 10**6, 10**6])}
    short = {**stored, "deep.weight.packed": torch.tensor([4, 24, 3, 7])}
    odd = {**stored, "deep.weight.packed": torch.tensor([9, 24, 3, 7, 11])}
    rows = {**stored, "deep.weight.scale": torch.ones(24)}
    none = {**stored, "deep.weight.packed": torch.tensor([], dtype=torch.int64)}
    for bad in (huge, short, odd, rows, none):
        with pytest.raises(ValueError, match="do not fit"):
            dequantise(bad)


@pytest.mark.parametrize("bits", range(2, 9))
def test_rounded_weights_stay_as_they_are(bits):
    top = 2 ** (bits - 1) - 1
    generator = torch.Generator().manual_seed(bits)
    whole = torch.randint(-top, top + 1, (40, 30), generator=generator).float()
    whole[::2] = whole[::2].clamp(-(top // 2 + 1), top // 2 + 1)  # rows that use no largest number
    rows = whole * torch.rand(40, 1, generator=generator)
    again = dequantise(quantise({"w": rows}, bits, smallest=1))["w"]
    assert torch.allclose(again, rows, rtol=1e-6, atol=0)
