"""A courier as a process of its own: DATABASE_URL HOME {"channel": "address"}"""

import json
import sys
import time
from pathlib import Path

import httpx2

from cloud import channels
from cloud.alerts.service import Alerting
from cloud.hub import Hub
from cloud.outgoing import courier
from cloud.outgoing.courier import Courier
from cloud.outgoing.receipts import Receipts
from cloud.store.db import open_engine
from cloud.ticker import Ticker


def main(database_url: str, home: str, urls: str) -> None:
    engine = open_engine(database_url)
    http = httpx2.AsyncClient(timeout=30)
    opened = channels.open_all(json.loads(urls), http, Path(home))
    post = Courier(engine, http, opened, Receipts(engine, Alerting(engine, Hub())), "", "secret")
    post.start()
    Ticker("courier-tick", courier.EVERY_S, post.tick).start()
    time.sleep(60)


if __name__ == "__main__":
    main(*sys.argv[1:])
