"""The command `qmlcourse`: open, present, check and reproduce the course."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from .parser import make_parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    arguments
        The words behind `qmlcourse`; default those of this process.

    Returns
    -------
    int
        0, or 2 after one sentence that says what is wrong, or 130 after Ctrl+C.
    """
    parser = make_parser()
    options = parser.parse_args(arguments)
    if options.run is None:
        parser.print_help()
        return 0
    if options.lang:
        os.environ["QMLCOURSE_LANG"] = options.lang
    try:
        options.run(options)
    except (ValueError, RuntimeError, OSError) as error:
        print(f"qmlcourse: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped; what is finished is stored.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
