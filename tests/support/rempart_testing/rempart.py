"""The command ``rempart`` as a module, for tests that start it as a process: ``python -m rempart_testing.rempart``."""

import sys

from rempart_controller.entry import main

if __name__ == "__main__":
    sys.exit(main())
