"""What many samples say: averages over rings and energies, spectra, fluctuations, error bars."""
