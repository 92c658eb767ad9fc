"""Anki's sync server and its own client: one note per record, the record as JSON in a field."""

import atexit
import hashlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time

import anki.buildinfo
from anki.collection import AddNoteRequest, Collection

USER = "bench"
folder = tempfile.mkdtemp(prefix="anki-")
host = os.environ.get("SERVER_HOST", "127.0.0.1")
near = os.environ.get("SERVER_NEAR", host)
netns = os.environ.get("SERVER_NETNS")


def say(**fields):
    print(json.dumps(fields), flush=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


port = free_port()
prefix = ["ip", "netns", "exec", netns] if netns else []
server = subprocess.Popen(
    prefix + [sys.executable, "-m", "anki.syncserver"],
    env=os.environ
    | {
        "SYNC_USER1": f"{USER}:{USER}",
        "SYNC_BASE": os.path.join(folder, "server"),
        "SYNC_HOST": host,
        "SYNC_PORT": str(port),
        "MAX_SYNC_PAYLOAD_MEGS": "1000",
        "RUST_LOG": "error",
    },
    stdout=subprocess.DEVNULL,
    stderr=subprocess.DEVNULL,
)

atexit.register(server.kill)


class Device:
    """One collection with its login."""

    def __init__(self, name, endpoint):
        self.path = os.path.join(folder, f"{name}.anki2")
        self.col = Collection(self.path)
        self.auth = self.col.sync_login(USER, USER, endpoint)

    def sync(self):
        out = self.col.sync_collection(self.auth, False)
        if out.required not in (out.NO_CHANGES, out.NORMAL_SYNC):
            raise RuntimeError(f"a full sync is asked for: {out.required}")

    def take_whole(self, upload):
        out = self.col.sync_collection(self.auth, False)
        if out.required != out.NO_CHANGES:
            self.col.close_for_full_sync()
            self.col.full_upload_or_download(
                auth=self.auth, server_usn=out.server_media_usn, upload=upload
            )
            self.col.reopen(after_full_sync=True)

    def add(self, lines):
        kind = self.col.models.by_name("Basic")
        requests = []
        for line in lines:
            note = self.col.new_note(kind)
            note.fields = [line["id"], line["json"]]
            requests.append(AddNoteRequest(note=note, deck_id=1))
        self.col.add_notes(requests)

    def change(self, ids, words):
        changed = []
        for record in ids:
            (found,) = self.col.find_notes(f'"Front:{record}"')
            note = self.col.get_note(found)
            body = json.loads(note.fields[1])
            body["notes"]["00"] = words
            note.fields[1] = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
            changed.append(note)
        self.col.update_notes(changed)

    def digest(self):
        rows = self.col.db.list("select flds from notes")
        hash_ = hashlib.sha256()
        for row in sorted(rows):
            record, text = row.split("\x1f")
            hash_.update(f"{record}\n{text}\n".encode())
        return {"count": len(rows), "hash": hash_.hexdigest()}


def measured(work, times=1):
    say(ready=True)
    if sys.stdin.readline().strip() != "go":
        sys.exit(1)
    begun = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - begun) * 1000 / times


for _ in range(200):
    try:
        socket.create_connection((near, port), 0.2).close()
        break
    except OSError:
        time.sleep(0.05)
say(server_pid=server.pid, port=port, versions=f"anki {anki.buildinfo.version}")

writer, devices, lines, first = None, [], [], 0
for command in sys.stdin:
    told = json.loads(command)
    match told["do"]:
        case "prepare":
            lines = [json.loads(line) for line in open(told["work"], encoding="utf-8")]
            first = told["first"]
            # The writing device stands beside the server, whatever the line of the others.
            writer = Device("writer", f"http://{near}:{port}/")
            # An empty collection is no reason to take anything whole.
            writer.add([{"id": "starter", "json": "{}"}])
            writer.take_whole(upload=True)
            devices = [Device(f"device{i}", told["endpoint"]) for i in range(told["rounds"])]
            for device in devices:
                device.take_whole(upload=False)
            writer.col.remove_notes(writer.col.find_notes("Front:starter"))
            writer.sync()
            for device in devices:
                device.sync()
            writer.add(lines[:first])
            writer.sync()
            say(done=True)
        case "first":
            device = devices[told["round"]]
            wall = measured(device.sync)
            say(wall_ms=wall, near=device.digest(), far=writer.digest())
        case "more":
            writer.add(lines[first:])
            writer.sync()
            devices[0].sync()
            say(done=True)
        case "noop":
            wall = measured(devices[0].sync, told["times"])
            say(wall_ms=wall, near=devices[0].digest(), far=writer.digest())
        case "delta":
            at = 40 * told["round"]
            orders = [line["id"] for line in lines if line["kind"] == "work_order"]
            words = f"第{told['round']}轮：客户改了时间，配件下午到，先断电"
            writer.change(orders[at + 20 : at + 40], words)
            writer.sync()
            devices[0].change(orders[at : at + 20], words)
            wall = measured(devices[0].sync)
            writer.sync()
            say(wall_ms=wall, near=devices[0].digest(), far=writer.digest())
