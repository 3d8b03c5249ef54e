"""The encoder: when it is loaded, and that nothing waits for it without need."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from backend.assistant.encoder import encode
from tests.run.conftest import ROOT

LOADED = "import sys; print('numpy' in sys.modules)"


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_sentences_of_the_same_meaning_are_similar_in_both_languages() -> None:
    card, tarjeta, weather = encode(
        ["my card has not arrived", "mi tarjeta no ha llegado", "it is raining today"]
    )
    assert card.shape == (512,)
    assert card @ card == pytest.approx(1, abs=1e-5)
    assert card @ tarjeta > 0.7
    assert card @ weather < 0.4


def test_threads_share_one_encoder() -> None:
    texts = [f"ticket {number}" for number in range(8)]
    with ThreadPoolExecutor(4) as pool:
        alone = list(pool.map(lambda text: encode([text])[0], texts))
    for vector, same in zip(alone, encode(texts), strict=True):
        assert vector @ same == pytest.approx(1, abs=1e-5)


def test_it_is_not_loaded_with_the_application() -> None:
    assert run("import backend.app; " + LOADED) == "False"


@pytest.mark.parametrize(("text", "loaded"), [("TICKET-2026-000042", "False"), ("hola", "True")])
def test_the_offline_assistant_loads_it_for_words(text: str, loaded: str) -> None:
    code = f"""
from backend.assistant.models.offline import OfflineModel
from backend.settings import Locale
OfflineModel(Locale.ES).respond("", [{{"role": "user", "content": {text!r}}}], [], 0)
"""
    assert run(code + LOADED) == loaded


def test_the_hub_runs_while_it_loads() -> None:
    code = """
import eventlet
eventlet.monkey_patch()
from backend.assistant.encoder import encode

def tick():
    global ticks
    while True:
        eventlet.sleep(0.01)
        ticks += 1

ticks = 0
eventlet.spawn(tick)
one, other = [eventlet.spawn(encode, ["hola"]) for _ in range(2)]
assert (one.wait() == other.wait()).all()
print(ticks > 10)
"""
    assert run(code) == "True"
