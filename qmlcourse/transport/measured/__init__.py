"""Measured curves: reading a file, taking the background off, telling radius and coherent area."""
