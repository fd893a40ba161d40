"""How long a day takes, and how much memory: `python -m benchmarks.speed`."""
