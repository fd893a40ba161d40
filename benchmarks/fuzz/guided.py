"""`python -m benchmarks.fuzz.guided TARGET`: atheris looks for input that reaches new code.

Only `beacon` is instrumented; what reaches something new stays in the corpus, what breaks a target
is written beside it. A case may take a minute by the clock and the process 2 GiB.
Needs the dependency group `fuzz`.
"""

import argparse
import contextlib
import sys
from pathlib import Path

import atheris

TESTS = Path(__file__).parents[2] / "tests"
sys.path.insert(0, str(TESTS))

with atheris.instrument_imports(include=["beacon"]):
    import fuzzing
    import mutants

    from beacon.errors import BeaconError


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=fuzzing.TARGETS)
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--corpus", type=Path, default=Path("out/corpus"))
    given = parser.parse_args()
    corpus = given.corpus / given.target.replace(" ", "-")
    corpus.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(mutants.seeds(given.target)):
        (corpus / f"seed-{number}").write_bytes(content)

    def one(content: bytes) -> None:
        with contextlib.suppress(BeaconError):
            fuzzing.TARGETS[given.target](content)

    limits = (f"-max_total_time={given.seconds}", "-timeout=60", "-rss_limit_mb=2048")
    kept = ("-max_len=20000", f"-artifact_prefix={corpus}/broken-", "-print_final_stats=1")
    atheris.Setup([sys.argv[0], str(corpus), *limits, *kept], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
