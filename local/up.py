"""`make up`: the whole system on this machine until Ctrl-C; addresses in build/local.json."""

import os
import signal
import sys
from pathlib import Path

from local.running import DESCRIPTION, described


def main(place: Path) -> None:
    with described(place) as facts:
        say = sys.stdout.write
        for service, url in facts["apis"].items():
            say(f"{service:24} {url}\n")
        say(f"\n{os.path.relpath(place)} has these, an API key and a guest's token.\n")
        say("Ctrl-C ends it all.\n")
        sys.stdout.flush()
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DESCRIPTION)
