"""What many samples say: averages over rings and energies, spectra, fluctuations, error bars.

Conductances are in e^2/h, with the samples first. `averages` holds what temperature and many rings
leave, `spectra` the harmonics of the flux, `fluctuations` the variances and correlations of wires,
`magnetoconductance` what a field does to their mean, `bootstrap` the error bars of all of them.
"""

from .averages import (
    Harmonics,
    correlation_energy,
    ensemble_harmonics,
    fermi_weight,
    thermal_average,
)
from .bootstrap import Estimate
from .fluctuations import (
    Correlation,
    Distribution,
    conductance_correlation,
    conductance_distribution,
    conductance_variance,
    self_averaging,
    self_averaging_exponent,
    thermal_fluctuations,
)
from .magnetoconductance import (
    dip_half_width,
    magnetoconductance,
    symmetry_crossover,
    weak_localization,
)
from .spectra import Spectrum, oscillation_spectrum

__all__ = [
    "Correlation",
    "Distribution",
    "Estimate",
    "Harmonics",
    "Spectrum",
    "conductance_correlation",
    "conductance_distribution",
    "conductance_variance",
    "correlation_energy",
    "dip_half_width",
    "ensemble_harmonics",
    "fermi_weight",
    "magnetoconductance",
    "oscillation_spectrum",
    "self_averaging",
    "self_averaging_exponent",
    "symmetry_crossover",
    "thermal_average",
    "thermal_fluctuations",
    "weak_localization",
]
