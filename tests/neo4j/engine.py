"""A stand-in for `docker`: writes down what it is asked, and behaves as `behaviour.json` beside it says.

A container that runs is a small process that speaks the handshake of Bolt on the published port. It is a program of its
own, put on PATH by the tests as `docker`; no engine is needed, and none is touched.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(sys.argv[0]).parent
STATE = HERE / "containers.json"


def read(path: Path) -> dict:
    return json.loads(path.read_text()) if path.exists() else {}


def fail(line: str, code: int = 1) -> None:
    print(line, file=sys.stderr)
    sys.exit(code)


def serve(port: int) -> None:
    with socket.create_server(("127.0.0.1", port)) as listening:
        while True:
            connection, _ = listening.accept()
            with connection:
                connection.recv(20)
                connection.sendall(bytes.fromhex("00000405"))


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def end(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    while alive(pid):  # it is a child of init or of the tests by now
        time.sleep(0.01)


def run(words: list[str], behaviour: dict, containers: dict) -> None:
    if refusal := behaviour.get("run"):
        fail(refusal, 125)
    name = words[words.index("--name") + 1]
    port = int(words[words.index("--publish") + 1].split(":")[1])
    mounts = [words[i + 1] for i, w in enumerate(words) if w == "--volume"]
    for mount in mounts:  # what the container sees of the secret, before it is taken away
        if ":/run/secrets/" in mount:
            (HERE / "secret").write_text(Path(mount.split(":")[0]).read_text())
            (HERE / "secret.mode").write_text(oct(os.stat(mount.split(":")[0]).st_mode & 0o777))
    pid = 0
    if not behaviour.get("ends"):
        own = [sys.executable, __file__, "serve", str(port)]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        pid = subprocess.Popen(own, start_new_session=True, **quiet).pid
        data = Path(next(m for m in mounts if m.endswith(":/data")).split(":")[0])
        (data / "databases" / "system").mkdir(parents=True, exist_ok=True)
    STATE.write_text(json.dumps({**containers, name: pid}))
    print("0123456789abcdef")


def main(words: list[str]) -> None:
    behaviour, containers = read(HERE / "behaviour.json"), read(STATE)
    with (HERE / "calls.jsonl").open("a") as calls:
        calls.write(json.dumps(words) + "\n")
    match words:
        case ["info", *_]:
            if behaviour.get("hangs"):
                time.sleep(60)
            if told := behaviour.get("info"):
                fail(told)
            print("28.0.1")
        case ["image", "inspect", _]:
            sys.exit(1 if behaviour.get("absent") else 0)
        case ["pull", *_]:
            if told := behaviour.get("pull"):
                fail(told)
        case ["run", *_]:
            run(words, behaviour, containers)
        case ["container", "inspect", *_, name]:
            if name not in containers:
                fail(f"Error: No such container: {name}")
            print("true" if containers[name] and alive(containers[name]) else "false")
        case ["logs", *_]:
            print(behaviour.get("ends", ""))
        case ["stop", *_, name]:
            if told := behaviour.get("stop"):
                fail(told)
            end(containers[name])
        case ["rm", *_, name]:
            if pid := containers.pop(name, 0):
                end(pid)
            STATE.write_text(json.dumps(containers))
        case _:
            fail(f"docker: unknown command {words}")


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(int(sys.argv[2]))
    main(sys.argv[1:])
