"""An API process: `python -m antiphon.server.supervisor FD`, where FD is its line to the supervisor.

Signals are often sent to the whole group. They are the supervisor's business, from before anything else is imported.
"""

import signal
import sys
from importlib import import_module

for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
sys.exit(import_module("antiphon.server.supervisor.api").main(int(sys.argv[1])))
