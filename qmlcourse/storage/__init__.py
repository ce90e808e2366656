"""What outlives a program: files that are whole or absent, and are read with distrust.

Each module is one kind of file:

==================== =============================================================================
module               what it holds
==================== =============================================================================
`shipped`            results, weights and data that come with the package, with checksums
`safetensors_file`   networks, as tensors and settings
`quantised`          tensors of networks as whole numbers of few bits
`state_file`         the state of a long computation, so that it can go on
`dataset`            samples in a zarr folder, made in chunks
`atomic`             writing, so that a reader finds the old file or the new one, never a part
==================== =============================================================================

Four words mean one thing each in the whole package:

========== =======================================================================================
word       meaning
========== =======================================================================================
kept       answers of students, in memory and in their progress file (`qmlcourse.widgets.kept`)
stored     written by a computation on this machine, which goes on from it when it is run again
shipped    part of the package; made once by a command that the manifest names
prepared   computed once in this process, so that each further value is quick
========== =======================================================================================
"""
