"""What the student sees and touches: one package or module a chapter. No physics lives here."""
