"""Why a message did not arrive, for the agent who wrote it.

https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes
"""

from __future__ import annotations

from backend.common.documents import Document
from backend.http.fields import sanitize
from backend.settings import Locale

_MAX_ERROR = 500

_WORDS: dict[tuple[int, ...], dict[Locale, str]] = {
    (131047, 470): {
        Locale.ES: "Han pasado más de 24 horas desde el último mensaje del cliente: WhatsApp no "
        "permite responder hasta que vuelva a escribir",
        Locale.EN: "More than 24 hours have passed since the customer's last message: WhatsApp "
        "allows no reply until they write again",
    },
    (131026,): {
        Locale.ES: "El destinatario no puede recibirlo: quizá ya no usa WhatsApp, o su versión es "
        "antigua",
        Locale.EN: "The recipient cannot get it: they may have left WhatsApp, or their version is "
        "too old",
    },
    (131030,): {
        Locale.ES: "El número no está en la lista de destinatarios permitidos de la cuenta de "
        "pruebas",
        Locale.EN: "The number is not on the test account's list of allowed recipients",
    },
    (131049, 131048, 368): {
        Locale.ES: "WhatsApp limita ahora lo que esta cuenta puede enviar",
        Locale.EN: "WhatsApp is limiting what this account may send",
    },
    (131031, 131042, 131045, 133010): {
        Locale.ES: "La cuenta de WhatsApp de la empresa no puede enviar: revísela en la consola de "
        "Meta",
        Locale.EN: "The company's WhatsApp account cannot send: look at it in Meta's console",
    },
    (0, 3, 10, 190, 200): {
        Locale.ES: "WhatsApp no acepta el token de acceso: hay que renovarlo",
        Locale.EN: "WhatsApp does not accept the access token: it has to be renewed",
    },
    (4, 80007, 130429, 131056): {
        Locale.ES: "WhatsApp pide enviar más despacio",
        Locale.EN: "WhatsApp asks to send more slowly",
    },
}
_BY_CODE = {code: words for codes, words in _WORDS.items() for code in codes}

_NO_REASON = {
    Locale.ES: "WhatsApp no ha dicho por qué",
    Locale.EN: "WhatsApp has not said why",
}


def failure_in_words(errors: list[Document], locale: Locale) -> str:
    """The first of Meta's errors, with its code; a rare one in Meta's own words."""
    error = errors[0] if errors else {}
    code = error.get("code")
    words = _BY_CODE[code][locale] if isinstance(code, int) and code in _BY_CODE else None
    words = words or _metas_words(error) or _NO_REASON[locale]
    return f"{words} ({code})" if isinstance(code, int) and not isinstance(code, bool) else words


def _metas_words(error: Document) -> str:
    data = error.get("error_data")
    details = data.get("details") if isinstance(data, dict) else None
    said = [details, error.get("message"), error.get("title")]
    return next((sanitize(text, _MAX_ERROR) for text in said if isinstance(text, str) and text), "")
