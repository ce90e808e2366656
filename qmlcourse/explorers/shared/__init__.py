"""What explorers of several chapters share: wires to look at, and curves that a student brings."""
