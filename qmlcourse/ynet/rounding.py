"""Networks with weights of few bits that lose little: each layer makes up for its rounding.

Weights that are rounded one by one cost skill, since the errors of a layer add up over its inputs.
Here a layer is rounded column by column, and the columns that are still exact take over the error
that the layer's own inputs would notice (E. Frantar et al., arXiv:2210.17323).
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping

import torch
from torch import nn

from ..storage.quantised import quantise

SMALLEST = 4096  # weights of a layer below which it stays as it is
_DAMPING = 1e-3  # of the inputs' covariance, over its mean diagonal
_COLUMNS = 64  # any value: columns whose errors are handed on at a time


def round_layers(
    network: nn.Module, runs: Mapping[str, Callable[[nn.Module], object]], bits: Mapping[str, int]
) -> dict[str, torch.Tensor]:
    """Round the large linear layers of a network, in place, one after the other.

    Parameters
    ----------
    network
        Its layers become rounded. Each is fitted to what it gave before, on what it is given now,
        so that it makes up for the rounding of the layers before it too.
    runs
        Functions that put samples through a part of a network, by the beginning of the names of its
        layers; in the order in which the parts are rounded. The samples are the same in each call.
    bits
        2 to 8, of the weights of each part.

    Returns
    -------
    dict of str to torch.Tensor
        Steps (row, 1) by the layer's name: its weights are whole numbers times these.
    """
    exact, steps = copy.deepcopy(network), {}
    for part, run in runs.items():
        for name, layer in network.named_modules():
            large = isinstance(layer, nn.Linear) and layer.weight.numel() >= SMALLEST
            if not (large and name.startswith(part)):
                continue
            given, _ = _inputs_and_outputs(network, name, run)
            _, wanted = _inputs_and_outputs(exact, name, run)
            weight, bias, steps[name] = rounded_layer(layer.weight, given, wanted, bits[part])
            layer.weight.data.copy_(weight)
            layer.bias.data.copy_(bias)
    return steps


def rounded_layer(
    weight: torch.Tensor, given: torch.Tensor, wanted: torch.Tensor, bits: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return rounded weights and an exact bias that map inputs to outputs with least error.

    Parameters
    ----------
    weight
        Shape (row, column), to start from.
    given, wanted
        Shapes (sample, column) and (sample, row): inputs and outputs of the layer.
    bits
        2 to 8: whole numbers go from -(2^(bits - 1) - 1) to 2^(bits - 1) - 1.

    Returns
    -------
    torch.Tensor, torch.Tensor, torch.Tensor
        Weights (row, column), bias (row,), and steps (row, 1).

    Notes
    -----
    Least squares first give the exact weights that fit best. Column j is rounded, with error e_j;
    with the upper Cholesky factor U of the inverse covariance of the inputs, the columns k > j move
    by -e_j U_jk / U_jj, which makes the error of the outputs least.

    References
    ----------
    E. Frantar et al., arXiv:2210.17323, algorithm 1.
    """
    top = 2 ** (bits - 1) - 1
    given, wanted, weight = given.double(), wanted.double(), weight.detach().double()
    mean, goal = given.mean(0), wanted.mean(0)
    away, target = given - mean, wanted - goal
    covariance = away.T @ away / len(given)
    damped = covariance + _DAMPING * covariance.diagonal().mean() * torch.eye(len(covariance)).to(
        covariance
    )
    missing = target.T @ away / len(given) - weight @ covariance
    weight = weight + torch.linalg.solve(damped, missing.T).T
    step = quantise({"w": weight}, bits, smallest=1)["w.scale"].double()
    order = damped.diagonal().argsort(descending=True)  # what matters most is rounded first
    rest = weight[:, order]
    factor = torch.linalg.cholesky(torch.linalg.inv(damped[order][:, order]), upper=True)
    rounded = torch.empty_like(weight)
    for start in range(0, rest.shape[1], _COLUMNS):
        end = min(start + _COLUMNS, rest.shape[1])
        errors = []
        for j in range(start, end):
            column = (rest[:, j : j + 1] / step).round().clamp(-top, top) * step
            errors.append((rest[:, j : j + 1] - column) / factor[j, j])
            rest[:, j:end] -= errors[-1] * factor[j, j:end]
            rounded[:, order[j]] = column[:, 0]
        rest[:, end:] -= torch.cat(errors, 1) @ factor[start:end, end:]
    return rounded.float(), (goal - rounded @ mean).float(), step.float()


def _inputs_and_outputs(
    network: nn.Module, name: str, run: Callable[[nn.Module], object]
) -> tuple[torch.Tensor, torch.Tensor]:
    """What a layer is given and gives in a run."""
    seen = []
    hook = network.get_submodule(name).register_forward_hook(
        lambda layer, given, found: seen.append((given[0].detach(), found.detach()))
    )
    with torch.no_grad():
        run(network)
    hook.remove()
    return seen[0]
