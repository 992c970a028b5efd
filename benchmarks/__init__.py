"""The benchmark report: `python -m benchmarks`."""
