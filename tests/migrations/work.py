"""The work that fills the fixture, through the HTTP API of the version that makes it."""

from __future__ import annotations

import hashlib
import hmac
import random
from itertools import count
from typing import Any

from tests.desk import wait_for
from tests.migrations import whatsapp
from tests.migrations.answers import AGENTS, Answers, Api, log_in

TICKETS = 1_000
SETTINGS = {
    "DEMO": "1",
    "SECRET_KEY": "the-secret-of-the-fixture-and-of-nothing-else",
    "WEB_CHAT_SECRET": "the-site-of-the-fixture",
    "OPENAI_API_KEY": "none",
}

FIRST_NAMES = (
    "Irene",
    "Hugo",
    "Nadia",
    "Tomás",
    "Aitana",
    "Ximena",
    "Óscar",
    "Çağla",
    "João",
    "Zoë",
)
LAST_NAMES = ("Ibáñez", "Quiroga", "Lindqvist", "Mbeki", "O'Hara", "Peñalver", "Yıldız", "Ocampo")
MATTERS = {
    "technical_support": (
        "La pantalla se queda en blanco",
        "No carga el panel",
        "Falla la impresora",
    ),
    "billing": ("Cobro duplicado", "Falta el recibo", "El importe no cuadra"),
    "account": ("No puedo entrar", "Cambio de titular", "Dar de baja a un usuario"),
    "general_inquiry": ("Consulta de plazos", "¿Hacen envíos a las islas?"),
    "complaint": ("Trato poco amable", "El repartidor no llamó"),
    "feature_request": ("Modo oscuro", "Exportar a hoja de cálculo"),
    "other": ("Otra cosa", "Sin clasificar"),
}
SUBCATEGORIES = {"technical_support": "pantalla", "billing": "recibos"}
DETAILS = (
    "Ocurre desde el martes en dos equipos.",
    "Lo he probado tres veces sin éxito.",
    "My colleague sees the same on her laptop.",
    "Adjunto el número de pedido en la nota.",
    "Necesito una respuesta antes del viernes.",
)
TAGS = ("vip", "garantía", "reembolso", "envío", "móvil", "prueba")
PATHS = (
    (),
    ("open",),
    ("open", "in_progress"),
    ("in_progress", "pending_customer"),
    ("in_progress", "waiting_internal"),
    ("open", "resolved"),
    ("resolved", "closed"),
    ("closed",),
    ("resolved", "reopened"),
)
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 24


class Work:
    def __init__(self, url: str) -> None:
        self._pick = random.Random(1)  # noqa: S311 - the same work each time
        self._numbers = count(1)
        self._people = {email: log_in(url, email) for email in AGENTS}
        self._supervisor = self._people["supervisor@demo.test"]
        self._nobody = Api(url)
        self._agents = {
            agent["email"]: agent["agentId"] for agent in self._supervisor.every("/agents")
        }
        self._customers: list[Any] = []
        self._conversations: dict[str, str] = {}  # by customer

    def done(self) -> dict[str, Any]:
        """Do the work and return what the API answers at its end, in the middle of four runs."""
        self._add_customers()
        self._talk_on_the_web()
        self._talk_on_whatsapp()
        tickets: list[str] = []
        for _ in range(TICKETS):
            tickets.append(self._add_ticket(tickets))
        answers = Answers(self._people)
        answers.take_tickets()
        self._leave_unfinished()  # the model is waited for as long as the rest takes, and no longer
        return answers.all()

    def _name(self) -> str:
        return f"{self._pick.choice(FIRST_NAMES)} {self._pick.choice(LAST_NAMES)}"

    def _phone(self) -> str:
        return f"346{next(self._numbers):08d}"

    # --- customers and conversations ------------------------------------------------------

    def _add_customers(self) -> None:
        for number in range(60):
            body = {"name": self._name(), "phone": f"+{self._phone()}"}
            if number % 3 == 0:
                body["email"] = f"cliente{number}@correo.test"
            if number % 5 == 0:
                body["whatsappUserId"] = f"US.known{number}"
            self._customers.append(self._supervisor.post("/customers", body))

    def _talk_on_the_web(self) -> None:
        """Visitors, some of them known by a phone that the site vouches for."""
        for number, text in enumerate(
            ["Buenas tardes", "Tengo una duda con la factura", "Quiero hablar con una persona"] * 6
        ):
            body = {"name": self._name()}
            if number % 2:
                body |= vouched(f"+{self._phone()}")
            session = self._nobody.post("/channels/web/sessions", body)
            visitor = Api(self._nobody.url, session["visitorToken"])
            visitor.post("/channels/web/messages", {"text": text})
            self._wait_for_answer(session["conversationId"])
            self._keep(session["conversationId"])
            if number % 4 == 0:
                self._answer(session["conversationId"], "Le atiende una persona del equipo.")
                visitor.post("/channels/web/messages", {"text": "Muchas gracias"})
            if number % 9 == 0:
                path = f"/conversations/{session['conversationId']}/mode"
                self._supervisor.put(path, {"mode": "assistant"})

    def _talk_on_whatsapp(self) -> None:
        """People known by a phone, by a user id, and by both, with answers in each state."""
        words = ("Ya está resuelto.", "Le llamamos mañana.", "Aproveche la promoción.")
        for number in range(18):
            phone = self._phone() if number % 3 != 1 else None
            user_id = f"US.{number:04d}" if number % 3 else None
            conversation_id = self._write(phone, user_id, "Hola, ¿me ayudan?")
            self._wait_for_answer(conversation_id)
            self._keep(conversation_id)
            answer = self._answer(conversation_id, words[number // 3 % 3])
            expected = ("sent", "pending", "failed")[number // 3 % 3]
            self._wait_for_delivery(conversation_id, answer, expected)
            if expected == "sent" and number % 2:
                whatsapp.report(self._nobody, phone or user_id or "", answer["text"], "read")
            if expected == "pending" and number % 2:
                self._answer(conversation_id, "Y si no, pasado mañana.")

    def _write(self, phone: str | None, user_id: str | None, text: str) -> str:
        """Deliver a WhatsApp message and return its conversation."""
        whatsapp.receive(self._nobody, phone, user_id, text, self._name())
        [latest] = self._supervisor.get("/conversations", channel="whatsapp", limit=1)["data"]
        return str(latest["conversationId"])

    def _wait_for_answer(self, conversation_id: str) -> None:
        path = f"/conversations/{conversation_id}/messages"
        wait_for(
            lambda: any(
                message["author"]["type"] == "assistant"
                for message in self._supervisor.get(path)["data"]
            )
        )

    def _keep(self, conversation_id: str) -> None:
        conversation = self._supervisor.get(f"/conversations/{conversation_id}")
        customer = conversation["customer"]
        self._conversations[customer["customerId"]] = conversation_id
        self._customers.append(customer)

    def _answer(self, conversation_id: str, text: str) -> Any:
        path = f"/conversations/{conversation_id}/messages"
        return self._people["agent1@demo.test"].post(path, {"text": text})

    def _wait_for_delivery(self, conversation_id: str, message: Any, status: str) -> None:
        """Wait until the message has this delivery, and was tried at least once."""

        def reached() -> bool:
            messages = self._supervisor.get(f"/conversations/{conversation_id}/messages")["data"]
            [found] = [m["delivery"] for m in messages if m["messageId"] == message["messageId"]]
            return found["status"] == status and bool(status == "sent" or found["error"])

        wait_for(reached)

    def _leave_unfinished(self) -> None:
        """Messages that the model has not answered, two of them with a ticket opened for them."""
        for text in ("No funciona la caldera", "¿Qué horario tienen?"):
            session = self._nobody.post("/channels/web/sessions", {"name": self._name()})
            visitor = Api(self._nobody.url, session["visitorToken"])
            visitor.post("/channels/web/messages", {"text": text})
            written = self._write(self._phone(), None, f"Buenos días. {text}")
            if "caldera" in text:
                for conversation_id in (session["conversationId"], written):
                    path = f"/conversations/{conversation_id}/tickets"
                    wait_for(lambda: self._supervisor.get(path)["data"])  # noqa: B023

    # --- tickets --------------------------------------------------------------------------

    def _add_ticket(self, earlier: list[str]) -> str:
        pick = self._pick
        category = pick.choice(list(MATTERS))
        customer = pick.choice(self._customers)
        assignee = pick.choice([None, None, *AGENTS[2:]])
        number = next(self._numbers)
        body = {
            "subject": f"{pick.choice(MATTERS[category])} ({number})",
            "description": " ".join(pick.sample(DETAILS, 2)),
            "category": category,
            "subcategory": SUBCATEGORIES.get(category),
            "priority": pick.choice(("low", "medium", "medium", "high", "urgent")),
            "customerId": customer["customerId"],
            "conversationId": self._conversations.get(customer["customerId"]),
            "tags": pick.sample(TAGS, pick.choice((0, 0, 1, 2))),
            "assignedTo": assignee and self._agents[assignee],
        }
        if pick.random() < 0.1:
            body["location"] = {
                "address": f"Calle Mayor, {number}",
                "latitude": 40.4,
                "longitude": -3.7,
            }
        key = {"Idempotency-Key": f"key-{number}"} if number % 2 else {}
        ticket_id: str = self._supervisor.post("/tickets", body, key)["ticketId"]
        self._work_on(ticket_id, self._people[assignee] if assignee else self._supervisor, earlier)
        return ticket_id

    def _work_on(self, ticket_id: str, worker: Api, earlier: list[str]) -> None:
        pick, path = self._pick, f"/tickets/{ticket_id}"
        for status in pick.choice(PATHS):
            if status == "resolved":
                worker.put(f"{path}/resolve", {"summary": f"Resuelto. {pick.choice(DETAILS)}"})
            else:
                worker.put(path, {"status": status, "statusReason": "Según lo acordado"})
        for _ in range(pick.choice((0, 0, 1, 1, 2, 3))):
            note = {"content": pick.choice(DETAILS), "isInternal": pick.random() < 0.7}
            worker.post(f"{path}/notes", note)
        if pick.random() < 0.08:
            worker.put(f"{path}/escalate", {"reason": "El cliente insiste"})
            if pick.random() < 0.3:
                worker.delete(f"{path}/escalate")
        if earlier and pick.random() < 0.05:
            self._supervisor.put(
                path, {"relatedTickets": pick.sample(earlier, min(2, len(earlier)))}
            )
        if pick.random() < 0.02:
            content, name = pick.choice(((PNG, "foto.png"), (b"un registro", "registro.txt")))
            worker.upload(f"{path}/attachments", name, content)


def vouched(phone: str) -> dict[str, str]:
    key = SETTINGS["WEB_CHAT_SECRET"].encode()
    return {
        "phone": phone,
        "identityHash": hmac.new(key, phone.encode(), hashlib.sha256).hexdigest(),
    }
