"""A process that only ingests, to be killed: run_ingest DATABASE_URL BROKER_URL."""

import logging
import sys
import threading

from cloud.clock import wall_ms
from cloud.ingest import Ingest
from cloud.live import Live
from cloud.store.db import migrate, open_engine


def main() -> None:
    logging.basicConfig(level=logging.INFO)
    engine = open_engine(sys.argv[1])
    migrate(engine)
    live = Live()
    live.rebuild(engine, wall_ms())
    Ingest(engine, live, sys.argv[2]).start()
    print("ingest ready", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
