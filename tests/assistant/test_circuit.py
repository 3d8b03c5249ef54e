"""The circuit breaker: it stops calls to a failing provider, and closes by itself."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime

import pytest

from backend.assistant.models import circuit
from backend.assistant.models.circuit import Circuit
from backend.common.documents import utcnow
from backend.services import Services
from tests.assistant.chat import Chat
from tests.assistant.provider import Provider
from tests.assistant.test_failures import SORRY_ES
from tests.desk import Desk

LEFT_ALONE = "left alone"


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(model_services: Services, support: Desk, monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(model_services.assistant.model, "circuit", Circuit(clock))
    return clock


def is_left_alone(support: Desk, provider: Provider) -> bool:
    """Whether a customer is answered at once, without the provider."""
    asked = len(provider.bodies)
    chat = Chat(support)
    answer = chat.ask("Hola, ¿hay alguien?")["text"]
    if len(provider.bodies) > asked:
        return False
    assert answer.startswith(SORRY_ES)
    conversation = chat.conversation()
    assert LEFT_ALONE in conversation["flagged"]["reason"]
    assert conversation["unanswered"] is True
    return True


def fail(support: Desk, provider: Provider, status: int, times: int) -> None:
    provider.refuses(status, times)
    for _ in range(times):
        assert Chat(support).ask("Hola, ¿hay alguien?")["text"].startswith(SORRY_ES)


def test_five_failures_in_a_row_are_enough(support: Desk, provider: Provider, clock: Clock) -> None:
    fail(support, provider, 401, circuit.FAILURES)
    assert is_left_alone(support, provider)
    clock.now += circuit.REST - 1
    assert is_left_alone(support, provider)
    clock.now += 2
    provider.says("Ya estoy de vuelta.")
    assert Chat(support).ask("Hola")["text"] == "Ya estoy de vuelta."
    assert not is_left_alone(support, provider)


def test_a_success_resets_the_count_of_failures(
    support: Desk, provider: Provider, clock: Clock
) -> None:
    for _ in range(2):
        fail(support, provider, 401, circuit.FAILURES - 1)
        assert not is_left_alone(support, provider)


def test_one_call_tries_when_the_circuit_has_rested(
    support: Desk, provider: Provider, clock: Clock
) -> None:
    fail(support, provider, 401, circuit.FAILURES)
    clock.now += circuit.REST
    held = provider.holds()
    provider.says("Ya estoy de vuelta.")
    first = Chat(support)
    accepted = first.says("Hola")
    assert held.arrived.wait(5)
    second = Chat(support)
    assert second.ask("Hola, ¿hay alguien?")["text"].startswith(SORRY_ES)
    held.release()
    assert first.reply_to(accepted)["text"] == "Ya estoy de vuelta."
    assert not is_left_alone(support, provider)


def test_a_failed_try_opens_the_circuit_again(
    support: Desk, provider: Provider, clock: Clock
) -> None:
    fail(support, provider, 401, circuit.FAILURES)
    clock.now += circuit.REST
    fail(support, provider, 401, 1)
    assert is_left_alone(support, provider)


def test_a_bad_request_does_not_count_as_a_provider_failure(
    support: Desk, provider: Provider, clock: Clock
) -> None:
    fail(support, provider, 400, circuit.FAILURES + 1)
    assert not is_left_alone(support, provider)


IN_TWO_MINUTES = {
    "seconds": lambda: {"retry-after": "120"},
    "milliseconds": lambda: {"retry-after-ms": "120000"},
    "a date": lambda: {
        "retry-after": format_datetime(utcnow() + timedelta(minutes=2), usegmt=True)
    },
}


@pytest.mark.parametrize("form", IN_TWO_MINUTES)
def test_a_retry_after_longer_than_the_run_applies_to_all_runs(
    support: Desk, provider: Provider, clock: Clock, form: str
) -> None:
    provider.refuses(429, headers=IN_TWO_MINUTES[form]())
    assert Chat(support).ask("Hola, ¿hay alguien?")["text"].startswith(SORRY_ES)
    assert len(provider.bodies) == 0  # not asked a second time
    clock.now += 110
    assert is_left_alone(support, provider)
    clock.now += 20
    assert not is_left_alone(support, provider)


def test_retry_after_is_obeyed_although_an_earlier_call_succeeds(
    support: Desk, provider: Provider, clock: Clock
) -> None:
    held = provider.holds()
    earlier = Chat(support)
    accepted = earlier.says("Hola")
    assert held.arrived.wait(5)
    provider.refuses(429, headers={"retry-after": "120"})
    assert Chat(support).ask("Hola, ¿hay alguien?")["text"].startswith(SORRY_ES)
    provider.says("Buenas.")
    held.release()
    assert earlier.reply_to(accepted)["text"] == "Buenas."
    clock.now += 110
    assert is_left_alone(support, provider)
    clock.now += 20
    assert not is_left_alone(support, provider)


def test_no_circuit_stays_open_forever(support: Desk, provider: Provider, clock: Clock) -> None:
    provider.refuses(429, headers={"retry-after": "1e300"})
    provider.refuses(429, headers={"retry-after": "86400"})
    assert Chat(support).ask("Hola, ¿hay alguien?")["text"].startswith(SORRY_ES)
    assert is_left_alone(support, provider)
    clock.now += circuit.LONGEST_REST
    assert not is_left_alone(support, provider)


def test_permanent_failures_are_not_retried(
    support: Desk, provider: Provider, clock: Clock
) -> None:
    provider.refuses(429, headers={"x-should-retry": "false"})
    assert Chat(support).ask("Hola, ¿hay alguien?")["text"].startswith(SORRY_ES)
    assert len(provider.bodies) == 0


@pytest.mark.parametrize("nonsense", ["soon", "-5", "", "Thu, 01 Jan 1970 00:00:00 GMT"])
def test_an_invalid_retry_after_is_ignored(
    support: Desk, provider: Provider, clock: Clock, nonsense: str
) -> None:
    provider.refuses(503, headers={"retry-after": nonsense})
    provider.says("Aquí estoy.")
    assert Chat(support).ask("Hola")["text"] == "Aquí estoy."
