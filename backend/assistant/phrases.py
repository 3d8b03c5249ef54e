"""The texts that customers read from the system, in Spanish and English."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from functools import lru_cache

from backend.settings import Locale

PHRASES: dict[str, dict[Locale, str]] = {
    "ticket_created": {
        Locale.ES: "He abierto el ticket {ticket_id}. Un agente lo atenderá; "
        "esperamos resolverlo antes del {due}.",
        Locale.EN: "I have opened ticket {ticket_id}. An agent will take care of it; "
        "we expect to solve it by {due}.",
    },
    "ticket_exists": {
        Locale.ES: "Su solicitud ya está registrada en el ticket {ticket_id}.",
        Locale.EN: "Your request is already registered as ticket {ticket_id}.",
    },
    "ticket_not_found": {
        Locale.ES: "No encuentro ningún ticket suyo con ese número.",
        Locale.EN: "I cannot find a ticket of yours with that number.",
    },
    "no_tickets": {
        Locale.ES: "No tiene ningún ticket registrado.",
        Locale.EN: "You have no tickets with us.",
    },
    "comment_added": {
        Locale.ES: "He añadido su comentario al ticket {ticket_id}. El equipo lo leerá.",
        Locale.EN: "I have added your comment to ticket {ticket_id}. The team will read it.",
    },
    "ticket_reopened": {
        Locale.ES: "He reabierto el ticket {ticket_id}. Un agente volverá a atenderlo.",
        Locale.EN: "I have reopened ticket {ticket_id}. An agent will look into it again.",
    },
    "ticket_open": {
        Locale.ES: "El ticket {ticket_id} sigue abierto; nuestro equipo trabaja en él.",
        Locale.EN: "Ticket {ticket_id} is still open; our team is working on it.",
    },
    "feedback_thanks": {
        Locale.ES: "Gracias por su valoración del ticket {ticket_id}. La he registrado.",
        Locale.EN: "Thank you for rating ticket {ticket_id}. I have recorded it.",
    },
    "person_asked": {
        Locale.ES: "He avisado a nuestro equipo. Una persona leerá esta conversación y le "
        "responderá aquí mismo.",
        Locale.EN: "I have told our team. A person will read this conversation and reply to "
        "you right here.",
    },
    "bad_arguments": {
        Locale.ES: "Faltan datos o no son válidos para atender la solicitud.",
        Locale.EN: "Some details are missing or not valid.",
    },
    "unknown_tool": {
        Locale.ES: "Esa acción no existe.",
        Locale.EN: "There is no such action.",
    },
    "tool_failed": {
        Locale.ES: "No se pudo completar la acción. Inténtelo de nuevo en un momento.",
        Locale.EN: "The action could not be completed. Please try again in a moment.",
    },
    "assistant_unavailable": {
        Locale.ES: "Disculpe, ahora mismo no puedo responderle. He avisado a nuestro equipo "
        "y una persona le contestará lo antes posible.",
        Locale.EN: "I am sorry, I cannot answer right now. I have told our team, "
        "and a person will reply as soon as possible.",
    },
    "only_text": {
        Locale.ES: "He recibido su mensaje, pero por aquí solo puedo leer texto. ¿Me cuenta por "
        "escrito qué ocurre o qué necesita?",
        Locale.EN: "I have received your message, but I can only read text here. Could you tell "
        "me in writing what is wrong or what you need?",
    },
    # --- why a conversation is flagged, which agents read ---
    "flag_failed": {
        Locale.ES: "El asistente no pudo responder: {detail}",
        Locale.EN: "The assistant could not answer: {detail}",
    },
    "flag_person": {
        Locale.ES: "El cliente pide una persona: {detail}",
        Locale.EN: "The customer asks for a person: {detail}",
    },
    # --- the offline assistant ---
    "greeting": {
        Locale.ES: "Hola, soy el asistente automático de Mostrador, en modo de demostración. "
        "Cuénteme qué ocurre y abriré un ticket; también puedo decirle cómo va uno de sus tickets "
        "o mostrarle los más recientes. ¿En qué puedo ayudarle?",
        Locale.EN: "Hello, I am Mostrador's automatic assistant, in demo mode. "
        "Tell me what is wrong and I will open a ticket; I can also tell you how one of your "
        "tickets is going or show you the latest ones. How can I help?",
    },
    "identity": {
        Locale.ES: "No soy una persona: soy el asistente automático de Mostrador, una versión de "
        "demostración que funciona sin conexión y entiende frases sencillas. Puedo abrir un ticket "
        "con lo que me cuente, decirle cómo va un ticket o mostrarle los más recientes. Nuestro "
        "equipo lee esta conversación.",
        Locale.EN: "I am not a person: I am Mostrador's automatic assistant, a demo version that "
        "works offline and understands simple sentences. I can open a ticket with what you tell "
        "me, say how a ticket is going or show you the latest ones. Our team reads this "
        "conversation.",
    },
    "thanks": {
        Locale.ES: "Con gusto. Si necesita algo más, escríbame.",
        Locale.EN: "You are welcome. If you need anything else, just write.",
    },
    "goodbye": {
        Locale.ES: "Hasta luego, que tenga un buen día.",
        Locale.EN: "Goodbye, have a nice day.",
    },
    "describe_problem": {
        Locale.ES: "Para ayudarle, descríbame en una frase qué ocurre o qué necesita, y abriré un "
        "ticket. Si pregunta por uno que ya tiene, escríbame su número.",
        Locale.EN: "So that I can help, please tell me in a sentence what is wrong or what you "
        "need, and I will open a ticket. If you are asking about one you have, send me its number.",
    },
    "status_line": {
        Locale.ES: "Su ticket {ticket_id} («{subject}») está {status}.",
        Locale.EN: "Your ticket {ticket_id} (“{subject}”) is {status}.",
    },
    "status_due": {
        Locale.ES: "Esperamos resolverlo antes del {due}.",
        Locale.EN: "We expect to solve it by {due}.",
    },
    "status_overdue": {
        Locale.ES: "Esperábamos resolverlo antes del {due}; disculpe la demora.",
        Locale.EN: "We expected to solve it by {due}; we are sorry for the delay.",
    },
    "status_note": {
        Locale.ES: "Último mensaje de nuestro equipo: {note}",
        Locale.EN: "Latest message from our team: {note}",
    },
    "status_resolution": {
        Locale.ES: "Solución: {resolution}",
        Locale.EN: "Solution: {resolution}",
    },
    "recent_header": {
        Locale.ES: "Estos son sus tickets más recientes:",
        Locale.EN: "These are your latest tickets:",
    },
    "recent_line": {
        Locale.ES: "{ticket_id}: {subject} ({status})",
        Locale.EN: "{ticket_id}: {subject} ({status})",
    },
    "status_new": {
        Locale.ES: "registrado, a la espera de un agente",
        Locale.EN: "registered, waiting for an agent",
    },
    "status_open": {Locale.ES: "abierto", Locale.EN: "open"},
    "status_in_progress": {Locale.ES: "en curso", Locale.EN: "in progress"},
    "status_pending_customer": {
        Locale.ES: "a la espera de su respuesta",
        Locale.EN: "waiting for your answer",
    },
    "status_waiting_internal": {
        Locale.ES: "en revisión con otro equipo",
        Locale.EN: "being reviewed by another team",
    },
    "status_resolved": {Locale.ES: "resuelto", Locale.EN: "solved"},
    "status_closed": {Locale.ES: "cerrado", Locale.EN: "closed"},
    "status_reopened": {Locale.ES: "abierto de nuevo", Locale.EN: "open again"},
}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that tell the language, without accents. Words of both ("no", "me", "error") tell nothing.
_SPANISH = _words(
    "el la los las lo un una unos unas de del al que y o en es son por para con sin mi mis su sus "
    "se nos les si ya muy mas pero porque como cual cuales cuando cuanto cuanta donde quien esta "
    "estan este esto ese eso estoy estaba fue era ser soy tengo tiene tienen tenia hay he han "
    "haber hacer hace hago hice puedo puede pueden podria podrian quiero quisiera queria quieren "
    "necesito deseo gustaria hola buenas buenos dias tardes noches gracias favor adios luego vale "
    "bien mal nada nadie nunca todo todos todavia aun desde hasta sobre entre tambien ayuda ayer "
    "hoy usted ustedes le les tu te eres sigue sigo ver dice sale llega llego llegado "
    "funciona cobraron cobro pague pago pagar cuenta tarjeta dinero factura clave contrasena "
    "usuario pedido envio compra servicio pagina aplicacion telefono correo estado numero "
    "solicitud solicitudes caso casos reclamo queja incidencia seguimiento folio operador asesor "
    "agente prueba urgente"
)
_ENGLISH = _words(
    "the an of to is are am was were be been being and or in on at by from for with without my i "
    "im ive it its you your yours we our us they them he she this that these those there here not "
    "have has had do does did doesnt dont didnt cant cannot wont isnt would could should will can "
    "what whats which when where why who how if but because so too very just any some all more "
    "again still yet already never please pls thanks thank thx hello hi hey bye goodbye good "
    "morning afternoon evening want need like know get got getting make made take took show help "
    "someone nobody somebody something nothing anything perfect great okay since until about up "
    "out off after before much many long card account payment money transfer password login "
    "refund charge charged fee bill invoice order website phone working wrong open new latest "
    "status request requests case cases issue problem agent human person real give people "
    "cheers test testing"
)


def say(phrase: str, locale: Locale, **values: str) -> str:
    return PHRASES[phrase][locale].format(**values)


def language_of(texts: list[str], default: Locale) -> Locale:
    """Return the language of the first text that reveals one; `default` when none does."""
    return next(filter(None, map(_language, texts)), default)


def _language(text: str) -> Locale | None:
    """Return the language of most of the known words; None for a tie."""
    words = words_of(text)
    spanish = sum(word in _SPANISH for word in words) + 2 * bool(re.search(r"[ñ¿¡]", text))
    english = sum(word in _ENGLISH for word in words)
    if spanish == english:
        return None
    return Locale.ES if spanish > english else Locale.EN


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", re.sub("['’]", "", fold(text)))


def fold(text: str) -> str:
    """Return the text in lower case without accents. Every character keeps its position."""
    return "".join(map(_fold_char, text))


@lru_cache(maxsize=4096)
def _fold_char(char: str) -> str:
    return unicodedata.normalize("NFKD", char)[0].casefold()[:1] or char


def spoken_date(moment: datetime, locale: Locale) -> str:
    """Return a date and time for a customer, in UTC: the server does not know their time zone."""
    form = "%d/%m/%Y %H:%M UTC" if locale is Locale.ES else "%Y-%m-%d %H:%M UTC"
    return moment.strftime(form)
