"""A student's own data: one curve or a map, from CSV or NetCDF."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from .measurement import Curves

_LARGEST = 50_000_000  # bytes
_UNITS = {"ev": 1.0, "mev": 1e-3}


def read_curves(
    path: Path | str,
    *,
    bands: ArrayLike | None = None,
    temperature: float | None = None,
    resolution: float | None = None,
    unit: str | None = None,
) -> Curves:
    """Read energy distribution curves from a file.

    A CSV file has the energy in its first column (header such as `energy_eV` or `energy_meV`) and
    the counts of one momentum in each further column; a number in a header's end, such as
    `counts@-0.06`, is the band energy in eV. A NetCDF file has one variable over a dimension
    `energy` and, for a map, a second one, `band`.

    Parameters
    ----------
    path
        A file .csv, .txt, .dat, .nc or .h5.
    bands
        Shape (momentum,), band energies in eV, where the file does not say.
    temperature
        Of the measurement in kelvin; has to be given.
    resolution
        Of the measurement, full width at half maximum in eV; has to be given.
    unit
        "eV" or "meV" of the energies, where no header says.

    Returns
    -------
    Curves
        Interpolated to even steps where the energies have other ones.

    Raises
    ------
    ValueError
        With what is missing or wrong.
    """
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"there is no file {path.name}.")
    if path.stat().st_size > _LARGEST:
        raise ValueError(f"{path.name} is larger than 50 MB; keep the window around the gap only.")
    if temperature is None or resolution is None:
        raise ValueError("give temperature (K) and resolution (eV) of the measurement.")
    if path.suffix.lower() in (".csv", ".txt", ".dat"):
        energies, counts, said, header = _from_csv(path)
    elif path.suffix.lower() in (".nc", ".h5"):
        energies, counts, said, header = _from_netcdf(path)
    else:
        raise ValueError(f"{path.name}: give a .csv or a .nc file.")
    energies = energies * _unit(unit, header)
    if bands is None:
        bands = said if said is not None else (np.zeros(1) if len(counts) == 1 else None)
    if bands is None:
        raise ValueError(f"{len(counts)} curves need their band energies: give bands=[...] in eV.")
    order = np.argsort(energies)
    energies, counts = energies[order], counts[:, order]
    if (np.diff(energies) <= 0).any():
        raise ValueError("an energy stands twice in the file.")
    even = np.linspace(energies[0], energies[-1], len(energies))
    counts = np.stack([np.interp(even, energies, row) for row in counts])
    if not energies[0] < 0 < energies[-1] + 0.05 or np.ptp(energies) > 20:
        raise ValueError(
            "energies are relative to the Fermi level, in eV or meV: this range runs from "
            f"{energies[0]:g} to {energies[-1]:g} eV."
        )
    return Curves(even, counts, bands, temperature, resolution, path.name)


def _unit(unit: str | None, header: str) -> float:
    name = (unit or "").lower()
    if not name:
        name = "mev" if "mev" in header.lower() else "ev" if "ev" in header.lower() else ""
    if name not in _UNITS:
        raise ValueError("the unit of the energies is not said: give unit='eV' or unit='meV'.")
    return _UNITS[name]


def _from_csv(path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray | None, str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path.name} is not a text file.") from None
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if len(lines) < 21:
        raise ValueError(
            f"{path.name} has {len(lines)} lines; a header and 20 energies are needed."
        )
    try:
        dialect = csv.Sniffer().sniff(lines[0], ",;\t ")
        rows = list(csv.reader(lines, dialect, skipinitialspace=True))
    except csv.Error:
        rows = list(csv.reader(lines))
    head = rows[0]
    try:
        [float(v) for v in head]
        head, body = ["" for _ in head], rows
    except ValueError:
        body = rows[1:]
    try:
        table = np.array([[float(v) for v in row if v != ""] for row in body])
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}; numbers only below the header.") from None
    if table.ndim != 2 or table.shape[1] < 2:
        raise ValueError(f"{path.name}: each line needs an energy and the counts of each curve.")
    said = []
    for name in head[1:]:
        tail = name.rsplit("@", 1)
        try:
            said.append(float(tail[1]))
        except (IndexError, ValueError):
            said = None
            break
    said = np.array(said) if said is not None and len(said) == table.shape[1] - 1 else None
    return table[:, 0], table[:, 1:].T, said, head[0]


def _from_netcdf(path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray | None, str]:
    import xarray

    try:
        with xarray.open_dataset(path) as found:
            names = [n for n in found.data_vars if "energy" in found[n].dims]
            if not names:
                raise ValueError(f"{path.name} has no variable over a dimension `energy`.")
            one = found[names[0]].load()
    except (OSError, KeyError) as error:
        raise ValueError(f"{path.name} cannot be read as NetCDF: {error}.") from None
    if one.ndim > 2 or (one.ndim == 2 and "band" not in one.dims):
        raise ValueError(f"{path.name}: dimensions are `energy` and, for a map, `band`.")
    counts = one.transpose(..., "energy").values
    bands = one["band"].values if one.ndim == 2 else None
    return one["energy"].values, np.atleast_2d(counts), bands, one["energy"].attrs.get("units", "")
