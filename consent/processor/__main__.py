"""`python -m consent.processor`: the processor without the portal."""

import argparse
import sys

from consent.processor import options
from consent.processor.run import run


def main() -> int:
    """Run until told to stop; 1 when it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m consent.processor")
    options.add_options(parser)
    try:
        run(options.from_arguments(vars(parser.parse_args())), _say)
    except options.BadOptions as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
