"""What is kept: shipped files with checksums, networks in safetensors, datasets in chunks."""
