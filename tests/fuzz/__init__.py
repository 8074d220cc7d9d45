"""Fuzzing: `make fuzz` looks for inputs that break a property of `targets`, `test_corpus` keeps trying those found."""
