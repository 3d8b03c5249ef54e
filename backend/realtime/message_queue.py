"""Carries events between the processes through Redis, and notices when some may have been lost.

Redis keeps nothing for a subscriber who is away, and a process that is killed may have written what
it could not tell any more. Clients fetch again after a reconnect, so whoever may have missed an
event is made to reconnect: Socket.IO's own manager would leave them in the dark.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import time
from collections.abc import Iterator
from typing import Any

import redis
from socketio import PubSubManager

from backend.common.documents import Document

log = logging.getLogger(__name__)

CHANNEL = "mostrador"
# Anything longer is an outage: every write waits until its events are published.
TIMEOUT = 1.0  # seconds
RETRY_AFTER = 5.0  # seconds in which a Redis that has failed is not asked again
HEALTH_CHECK = 5  # seconds without a message after which the subscription is checked

# Heartbeats of the processes, in Redis's time. One that ends without leaving means a kill.
ALIVE = "mostrador:alive"
HEARTBEAT = 2.0  # seconds
DEAD_AFTER = 10  # seconds

_EVENTS_LOST = "events_lost"  # a message of ours, beside those of Socket.IO


class MessageQueue(PubSubManager):  # type: ignore[misc]  # it comes without types
    def __init__(self, redis_url: str) -> None:
        super().__init__(channel=CHANNEL)
        self._client = redis.Redis.from_url(
            redis_url,
            socket_timeout=TIMEOUT,
            socket_connect_timeout=TIMEOUT,
            health_check_interval=HEALTH_CHECK,
        )
        self._away_until = 0.0  # monotonic
        self._lost_events = False  # published by this process but not received by the others
        self._heartbeat_at = 0.0  # monotonic
        atexit.register(self._leave)

    def _publish(self, data: Document) -> None:
        """Publish to the other processes; this process has emitted it already."""
        if time.monotonic() < self._away_until:
            self._lost_events = True
            return
        try:
            self._client.publish(self.channel, self.json.dumps(data))
        except redis.RedisError as error:
            log.warning("events stay within this process: %s", type(error).__name__)
            self._away_until = time.monotonic() + RETRY_AFTER
            self._lost_events = True

    def _listen(self) -> Iterator[Any]:
        while True:
            subscription = self._client.pubsub()  # type: ignore[no-untyped-call]  # redis's own
            try:
                subscription.subscribe(self.channel)
                yield from self._messages(subscription)
            except redis.RedisError as error:
                log.warning("no events from other processes: %s", type(error).__name__)
                time.sleep(1)
            finally:
                subscription.close()

    def _messages(self, subscription: Any) -> Iterator[Any]:
        while True:
            message = subscription.get_message(timeout=1.0)
            now = time.monotonic()
            if self._lost_events and now >= self._away_until:
                self._lost_events = False
                self._publish_loss()
            if now - self._heartbeat_at > HEARTBEAT:
                self._heartbeat_at = now
                self._beat()
            if message is None:
                continue
            if message["type"] == "subscribe":  # perhaps again: earlier events may be lost
                self._reconnect_clients()
            elif message["type"] == "message":
                if self._is_loss(message["data"]):
                    self._reconnect_clients()
                else:
                    yield message["data"]

    def _beat(self) -> None:
        now, _ = self._client.time()  # type: ignore[misc]  # typed for asyncio too
        self._client.zadd(ALIVE, {self.host_id: now})
        if self._client.zremrangebyscore(ALIVE, "-inf", now - DEAD_AFTER):  # true for one process
            self._publish_loss()
            self._reconnect_clients()

    def _leave(self) -> None:
        with contextlib.suppress(redis.RedisError):
            self._client.zrem(ALIVE, self.host_id)

    def _publish_loss(self) -> None:
        self._publish({"method": _EVENTS_LOST, "host_id": self.host_id})

    def _is_loss(self, data: bytes) -> bool:
        if _EVENTS_LOST.encode() not in data:  # quick, because each event passes here
            return False
        message: Document = self.json.loads(data)
        return bool(message["method"] == _EVENTS_LOST and message["host_id"] != self.host_id)

    def _reconnect_clients(self) -> None:
        """Close their connections: clients reconnect by themselves, each after its own delay."""
        for socket in list(self.server.eio.sockets.values()):
            socket.close(
                wait=False, abort=True
            )  # after a regular close some clients would not reconnect
