"""Measurements: each module is run with `python -m benchmarks.<name>` and says what it needs with --help."""
