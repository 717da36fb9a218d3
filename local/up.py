"""`make up`: the whole system on this machine until Ctrl-C; addresses in build/local.json."""

import signal
import sys

from local.running import DESCRIPTION, running
from local.stack import ROOT


def main() -> None:
    with running() as (_stack, facts):
        say = sys.stdout.write
        for service, url in facts["apis"].items():
            say(f"{service:24} {url}\n")
        say(f"\n{DESCRIPTION.relative_to(ROOT)} has these, an API key and a guest's token.\n")
        say("Ctrl-C ends it all.\n")
        sys.stdout.flush()
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    main()
