"""Carries events between the processes through Redis, and notices when some may have been lost.

Redis keeps nothing for a subscriber who is away. Clients fetch again after a reconnect, so whoever
may have missed an event is made to reconnect: Socket.IO's own manager would leave them in the dark.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from typing import Any

import redis
from socketio import PubSubManager

from backend.documents import Document

log = logging.getLogger(__name__)

CHANNEL = "mostrador"
# Redis is near: what takes longer is an outage, and every write waits for its events to be sent.
TIMEOUT = 1.0  # seconds
RETRY_AFTER = 1.0  # seconds in which nobody waits for a Redis that has just failed
HEALTH_CHECK = 5  # seconds without a message after which the subscription asks for a sign of life

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
        self._lost_events = False  # of ours, which the other processes' clients should have heard

    def _publish(self, data: Document) -> None:
        """The clients of this process have heard it already."""
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
                time.sleep(RETRY_AFTER)
            finally:
                subscription.close()

    def _messages(self, subscription: Any) -> Iterator[Any]:
        while True:
            message = subscription.get_message(timeout=1.0)
            if self._lost_events and time.monotonic() >= self._away_until:
                self._lost_events = False
                self._publish({"method": _EVENTS_LOST, "host_id": self.host_id})
            if message is None:
                continue
            if message["type"] == "subscribe":  # again, perhaps: what came before was not heard
                self._reconnect_clients()
            elif message["type"] == "message":
                if self._tells_of_loss(message["data"]):
                    self._reconnect_clients()
                else:
                    yield message["data"]

    def _tells_of_loss(self, data: bytes) -> bool:
        if _EVENTS_LOST.encode() not in data:  # a glance, as this is asked of each event
            return False
        message: Document = self.json.loads(data)
        return bool(message["method"] == _EVENTS_LOST and message["host_id"] != self.host_id)

    def _reconnect_clients(self) -> None:
        """Cut their connections: clients come back by themselves, at a moment of their own."""
        for socket in list(self.server.eio.sockets.values()):
            socket.close(wait=False)
