"""The service with everything made up, to be tried out at once: `make serve`, or `python -m examples.serve`.

It makes a store, a key for callers, and keys that the service signs with, in demo-out/service/, on the trust folder of
`make demo`; starts the service, and the shop of examples/checkout/ beside it; and says where all of it is.
"""

from __future__ import annotations

import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from certs import TrustStore
from consent.errors import Lang
from examples.demo_service import DemoService, make, served
from service.errors import CannotListen, language, show
from service.list_times import list_faults, list_times
from service.root import COMMANDS
from service.serving import free_port
from service.vouch import TrustFolders

PORT: Final = 8080
SHOP_PORT: Final = 8081
SHOP: Final = Path(__file__).with_name("checkout") / "shop.py"
USER: Final = "demo"
INSTITUTION_CODE: Final = "9912345678"
"""Under which the shop's consents are registered, so that the console has them."""


def main(demo: Path) -> int:
    """Serve until Ctrl+C, or until told to end."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # what was started is ended too
    lang = language()
    try:
        port, shop_port = free_port("127.0.0.1", PORT), free_port("127.0.0.1", SHOP_PORT)
    except CannotListen as error:
        show(error, lang)
        return 2
    shop_url = f"http://127.0.0.1:{shop_port}"
    service = made(demo, shop_url)
    options = ["--port", str(port)]
    with (
        (service.folder / "log").open("ab") as log,
        served(service, options, log) as (child, url),
        shop(service, demo / "keys", url, shop_port) as has_shop,
        suppress(KeyboardInterrupt),  # how one stops it
    ):
        print("\n".join(told(service, url, shop_url if has_shop else "", lang)), flush=True)
        child.wait()
    return 0


def made(demo: Path, shop_url: str) -> DemoService:
    """The service's folder; made anew unless that of an earlier call belongs to this demo."""
    folder, trust = demo / "service", demo / "trust"
    key, settings, stamp = folder / "api-key", folder / "dongui.toml", folder / "anchors"
    anchors = "".join(sorted(item.der.hex() for item in TrustStore.open(trust).anchors))
    if settings.exists() and stamp.exists() and stamp.read_text(encoding="ascii") == anchors:
        return DemoService(folder, settings, str(folder / "store.db"), key.read_text(encoding="ascii"))
    shutil.rmtree(folder, ignore_errors=True)
    service = make(folder, {"cors_origins": [shop_url], "metrics_port": 0}, trust=trust)
    for file, text in ((key, service.api_key), (folder / "console-password", secrets.token_urlsafe(12))):
        file.touch(0o600)
        file.write_text(text, encoding="ascii")
    if "users" in COMMANDS:
        add_user(service)
    stamp.write_text(anchors, encoding="ascii")
    return service


def add_user(service: DemoService) -> None:
    """Let somebody into the console."""
    words = [
        "users",
        "add",
        USER,
        "--role",
        "administrator",
        "--password-file",
        str(service.folder / "console-password"),
    ]
    store = ["--store", service.address, "--keys", str(service.folder / "store.keys")]
    dongui = str(Path(sys.executable).with_name("dongui"))
    subprocess.run([dongui, *words, *store], check=True, stdout=subprocess.DEVNULL)


@contextmanager
def shop(service: DemoService, keys: Path, url: str, port: int) -> Iterator[bool]:
    """Run the shop beside it, if this clone has one."""
    if not SHOP.exists():
        yield False
        return
    command = [sys.executable, "-m", "examples.checkout.shop", "--service", url, "--port", str(port)]
    command += ["--api-key-file", str(service.folder / "api-key"), "--demo-keys", str(keys)]
    command += ["--institution-code", INSTITUTION_CODE]
    with (service.folder / "shop.log").open("ab") as log, subprocess.Popen(command, stdout=log, stderr=log) as child:
        try:
            _wait_for(port)
            yield True
        finally:
            child.terminate()


def _wait_for(port: int) -> None:
    """Until it answers there; who opens the address at once should not be refused."""
    for _ in range(300):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)


def told(service: DemoService, url: str, shop_url: str, lang: Lang) -> Iterator[str]:
    korean = lang == "ko"
    yield "✔ 시연용 서비스를 시작하였습니다." if korean else "✔ The demo service answers."
    password = (service.folder / "console-password").read_text(encoding="ascii")
    user = f"(사용자 {USER}, 비밀번호 {password})" if korean else f"(user {USER}, password {password})"
    rows = {
        "결제창  " if korean else "checkout": f"{shop_url}/" if shop_url else "",
        "콘솔    " if korean else "console ": f"{url}/console {user}" if "users" in COMMANDS else "",
        "API 문서" if korean else "API     ": f"{url}/docs",
        "API 키  " if korean else "API key ": str(service.folder / "api-key"),
        "로그    " if korean else "log     ": str(service.folder / "log"),
    }
    yield from (f"  {label}  {value}" for label, value in rows.items() if value)
    yield "Ctrl+C를 누르면 중지합니다." if korean else "Ctrl+C stops it."


def has_ended(trust: Path) -> bool:
    """Whether the demo's lists are so old that nothing passes any more."""
    folders, at = TrustFolders.open([str(trust)]), datetime.now(UTC)
    return any(not is_remark for _, is_remark in list_faults(list_times(folders, at), at, timedelta(0)))


if __name__ == "__main__":
    demo_folder = Path(sys.argv[1] if len(sys.argv) > 1 else "demo-out")
    if not (demo_folder / "trust").is_dir() or has_ended(demo_folder / "trust"):
        from examples.demo import main as make_demo

        make_demo(demo_folder)
    sys.exit(main(demo_folder))
