"""Answers that nobody comes for do not stay in the memory."""

import asyncio
import json
import os
import subprocess
import sys

from conftest import ROOT
from live import WITHIN, free_port
from loops import run

from qa.web.unheard import Unheard

SERVES = """
import json
import sys
import threading
import time

import httpx
from live import WITHIN, asking_function, events, join

from qa.web.limits import Limits
from qa.web.server import made_of, server_of, web_app
from qa.web.settings import Settings
from qa.web.site import Site

def until(holds):
    deadline = time.monotonic() + WITHIN
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)

site = Site(None, None, settings=Settings(port=int(sys.argv[1]), limits=Limits(stall_seconds=2)))
made = made_of(site)
server = server_of(web_app(site, made), site)
queue = made.page._queue
thread = threading.Thread(target=server.run)
thread.start()
until(lambda: server.started)
to_show = json.dumps({"id": "1", "conversation": "[]"})
with httpx.Client(base_url=f"http://127.0.0.1:{site.settings.port}", timeout=WITHIN) as client:
    function = asking_function(client)
    for name in ("one", "another", "one"):
        assert join(client, function, [to_show], name).status_code == 200
    kept = [len(queue.pending_messages_per_session)]
    until(lambda: not queue.pending_messages_per_session and not queue.pending_event_ids_session)
    join(client, function, [to_show], "one")
    said = [each["msg"] for each in events(client, "one")]
server.should_exit = True
thread.join(WITHIN)
print(json.dumps([kept, said, len(queue.event_ids_to_events)]))
"""
"""The page without documents, where each question asks to be shown a conversation, in a process of its own."""


def test_what_nobody_listens_to_is_forgotten_and_can_be_asked_again() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SERVES, str(free_port())],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests")))},
        capture_output=True,
        text=True,
        timeout=WITHIN,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    kept, said, left = json.loads(done.stdout)
    assert kept == [2]
    assert said[-2:] == ["process_completed", "close_stream"]
    assert left == 0


def test_who_listens_or_asks_again_is_waited_for() -> None:
    forgotten: list[str] = []

    async def forget(session: str) -> None:
        forgotten.append(session)

    async def sessions() -> None:
        unheard = Unheard(forget, 0.2)
        unheard.asked("left")
        unheard.asked("heard")
        with unheard.heard("heard"), unheard.heard("heard"):
            unheard.asked("heard")
            await asyncio.sleep(0.4)
            assert forgotten == ["left"]
        unheard.asked("heard")
        with unheard.heard("heard"):
            await asyncio.sleep(0.3)
        assert forgotten == ["left"]
        await asyncio.sleep(0.4)
        assert forgotten == ["left", "heard"]

    run(sessions())
