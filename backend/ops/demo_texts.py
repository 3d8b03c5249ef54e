"""The texts of the demo data."""

from __future__ import annotations

from dataclasses import dataclass

CUSTOMERS = (
    ("María Fernández", "+34600100201", "maria.fernandez@example.com"),
    ("Javier Ortega", "+34600100202", "javier.ortega@example.com"),
    ("Lucía Gómez", "+34600100203", None),
    ("Emily Carter", "+447700900104", "emily.carter@example.com"),
    ("Carlos Méndez", "+5215512345678", None),
    ("Valentina Rojas", "+56912345678", "vale.rojas@example.com"),
    ("Noah Williams", "+12025550147", "noah.w@example.com"),
    ("Inés Navarro", "+34600100208", None),
    ("Andrés Salas", "+573001234567", "andres.salas@example.com"),
    ("Sofía Castillo", "+5491123456789", None),
)


@dataclass(frozen=True, slots=True)
class DemoTicket:
    subject: str
    description: str
    category: str
    priority: str
    hours_ago: float
    customer: str
    subcategory: str | None = None
    tags: tuple[str, ...] = ()
    assigned_to: str | None = None
    path: tuple[str, ...] = ()
    notes: tuple[tuple[str, bool], ...] = ()  # text, internal
    resolution: str | None = None
    escalation: str | None = None
    message: str | None = None
    reply: str | None = None


_ANA = "agent1@demo.test"
_BRUNO = "agent2@demo.test"

TICKETS = (
    DemoTicket(
        "No puedo entrar en mi cuenta",
        "Desde ayer la aplicación dice que la contraseña no es válida, y el correo para "
        "restablecerla no llega.",
        "account",
        "high",
        0.4,
        "María Fernández",
        tags=("acceso",),
        message="Hola, no puedo entrar en mi cuenta desde ayer y el correo no llega.",
    ),
    DemoTicket(
        "Cobro duplicado en la factura de noviembre",
        "Aparecen dos cargos de 49,90 € el mismo día por el mismo pedido.",
        "billing",
        "high",
        2.5,
        "Javier Ortega",
        subcategory="Cobros",
        tags=("factura", "reembolso"),
        assigned_to=_ANA,
        path=("open", "in_progress"),
        notes=(
            ("Hemos visto los dos cargos y lo estamos revisando con el banco.", False),
            ("El segundo cargo es una preautorización; confirmar con Pagos.", True),
        ),
        message="Me habéis cobrado dos veces el pedido de noviembre.",
        reply="Lamento la molestia. He pasado su caso a nuestro equipo de facturación.",
    ),
    DemoTicket(
        "App crashes when opening the cart",
        "Since the last update the Android app closes as soon as I open the cart. "
        "Pixel 8, Android 16.",
        "technical_support",
        "urgent",
        3.6,
        "Emily Carter",
        subcategory="Mobile app",
        tags=("android", "crash"),
        assigned_to=_BRUNO,
        path=("open", "in_progress"),
        notes=(("Reproduced on 6.2.1; fix is in review.", True),),
        escalation="Several customers hit the same crash since this morning.",
        message="The app closes every time I open the cart!",
        reply="I am sorry about that. Our technical team is looking into it.",
    ),
    DemoTicket(
        "Cambio de dirección de envío",
        "El pedido sale mañana y la dirección es la antigua.",
        "general_inquiry",
        "medium",
        5,
        "Lucía Gómez",
        tags=("envío",),
        assigned_to=_ANA,
        path=("in_progress", "pending_customer"),
        notes=(("¿Nos confirma el código postal nuevo, por favor?", False),),
    ),
    DemoTicket(
        "Solicitud: exportar facturas en PDF",
        "Me gustaría descargar todas las facturas del año en un solo archivo.",
        "feature_request",
        "low",
        30,
        "Andrés Salas",
        tags=("facturas",),
        path=("open",),
    ),
    DemoTicket(
        "Courier left the parcel with a stranger",
        "The tracking says delivered, yet nobody in the building has it.",
        "complaint",
        "high",
        26,
        "Noah Williams",
        tags=("delivery",),
        assigned_to=_BRUNO,
        path=("open", "in_progress", "waiting_internal"),
        notes=(("Asked the courier for the proof of delivery.", True),),
        message="My parcel was delivered to somebody else.",
        reply="I am sorry to hear that. I have opened a ticket, and a person will follow it up.",
    ),
    DemoTicket(
        "Error 502 al pagar con Bizum",
        "Al confirmar el pago sale una página de error y el pedido queda pendiente.",
        "technical_support",
        "urgent",
        9,
        "Carlos Méndez",
        subcategory="Pagos",
        tags=("bizum", "pago"),
        path=("open",),
    ),
    DemoTicket(
        "¿Tenéis tienda en Sevilla?",
        "Quería ver el producto antes de comprarlo.",
        "general_inquiry",
        "low",
        50,
        "Inés Navarro",
        assigned_to=_ANA,
        path=("open",),
        notes=(("Sí, en la calle Sierpes 12, de lunes a sábado.", False),),
        resolution="Se le indicó la dirección y el horario.",
    ),
    DemoTicket(
        "Refund has not arrived",
        "You confirmed the refund ten days ago, my bank sees nothing.",
        "billing",
        "medium",
        74,
        "Emily Carter",
        subcategory="Refunds",
        tags=("refund",),
        assigned_to=_BRUNO,
        path=("open", "in_progress"),
        notes=(("Refund was sent with the old IBAN. Resent today.", True),),
        resolution="Refund sent again to the right account.",
    ),
    DemoTicket(
        "Dar de baja la suscripción",
        "Quiero cancelar la suscripción antes de la renovación del día 1.",
        "account",
        "medium",
        98,
        "Valentina Rojas",
        assigned_to=_ANA,
        path=("in_progress", "resolved", "closed"),
    ),
    DemoTicket(
        "El código de descuento no funciona",
        "BIENVENIDA10 dice que ha caducado, pero el correo pone que vale hasta fin de mes.",
        "billing",
        "low",
        1.2,
        "Sofía Castillo",
        subcategory="Descuentos",
        tags=("descuento",),
    ),
    DemoTicket(
        "Warranty for a broken screen",
        "The screen broke two weeks after I bought it. Is that covered?",
        "other",
        "medium",
        20,
        "Noah Williams",
        path=("open",),
        tags=("warranty",),
    ),
    DemoTicket(
        "Atención muy lenta por teléfono",
        "Esperé 40 minutos y se cortó la llamada.",
        "complaint",
        "medium",
        120,
        "Javier Ortega",
        assigned_to=_BRUNO,
        path=("open", "in_progress", "resolved", "reopened"),
        notes=(("El cliente vuelve a llamar; pide hablar con un responsable.", True),),
        escalation="El cliente pide hablar con un responsable.",
    ),
    DemoTicket(
        "Verification code never arrives",
        "I request the SMS code, but it never comes.",
        "technical_support",
        "high",
        0.8,
        "Emily Carter",
        subcategory="Login",
        tags=("sms",),
        assigned_to=_ANA,
        path=("in_progress",),
    ),
)
