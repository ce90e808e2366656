"""DC current from light in a chain of electrons that feel classical spins.

The bulk photovoltaic effect: second order in the field, without any junction. Linearly polarised
light along the chain; e = hbar = lattice constant = 1, energies in any one unit, which then is that
of the frequencies and broadenings. Currents are per spin-resolved electron, sigma(omega) in
J = sigma |E(omega)|^2 for a field E(omega) exp(-i omega t) + c.c.

Four kernels are offered, because authors differ; `kernels` has their equations:

- 'velocity': the three-velocity sum of R. von Baltz and W. Kraut, with one broadening. It lacks
  the terms with the second and higher derivatives of H along k, which a tight-binding model has:
  for one cone of spins it gives -1/2 of the injection part.
- 'shift': the shift current, with the gauge-invariant shift vector.
- 'injection': the current of carriers that are excited at k and not at -k, times the relaxation
  time 1 / broadening; for linear light it needs broken time reversal, as spins give it.
- 'length': the second-order density matrix in the length gauge with one relaxation rate; for a
  small rate the sum of shift and injection, and beyond it what carriers at the Fermi level add.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import ArrayLike

from .eigen import safe_eigh
from .filling import fermi_function
from .kernels import injection, length_gauge, shift, three_velocities
from .tight_binding import TightBinding

KERNELS = ("velocity", "shift", "injection", "length")


def photocurrent(
    model: TightBinding,
    frequencies: ArrayLike,
    *,
    temperature: float,
    chemical_potential: float = 0.0,
    kernel: str = "velocity",
    broadening: float = 0.05,
    mesh: int = 60,
) -> torch.Tensor:
    """Return the photoconductivity sigma(omega) of a model on a line.

    Parameters
    ----------
    model
        On a line, such as `spin_chain`; or a batch.
    frequencies
        Shape (frequency,), positive photon energies in the unit of the model's energies.
    temperature, chemical_potential, broadening
        In the same unit.
    kernel
        ``"velocity"``, ``"shift"``, ``"injection"`` or ``"length"``, see the module.
    mesh
        Number of k points.

    Returns
    -------
    torch.Tensor
        Shape (..., frequency), current for each unit of |E(omega)|^2, with gradients.

    Raises
    ------
    ValueError
        For what is not positive, a kernel that is not known, or a lattice in the plane.
    """
    if kernel not in KERNELS:
        raise ValueError(f"kernel is one of {', '.join(KERNELS)}, not {kernel!r}.")
    if len(model.lattice.vectors) != 1:
        raise ValueError(
            f"the photocurrent needs a lattice on a line, not {model.lattice.name!r} in the plane."
        )
    omega = np.atleast_1d(np.asarray(frequencies, float))
    for name, value in (("frequencies", omega.min()), ("temperature", temperature)):
        if not value > 0:
            raise ValueError(f"{name} must be positive, not {float(value):g}.")
    if not broadening > 0:
        raise ValueError(f"the broadening must be positive, not {broadening:g}.")
    omega = torch.as_tensor(omega, device=model.hoppings.device)
    k = model.lattice.mesh(mesh)
    energies, states = safe_eigh(model.hamiltonian(k))
    v, w = (states.mH @ model.derivative(k, order) @ states for order in (1, 2))
    occupation = fermi_function(energies, chemical_potential, temperature)
    if kernel == "velocity":
        summed = three_velocities(energies, v, occupation, omega, broadening)
    elif kernel == "injection":
        summed = injection(energies, v, occupation, omega, broadening)
    elif kernel == "shift":
        summed = shift(energies, v, w, occupation, omega, broadening)
    else:
        summed = length_gauge(energies, v, w, occupation, temperature, omega, broadening)
    return summed.mean(-2) / model.lattice.vectors[0, 0]  # per length of the chain
