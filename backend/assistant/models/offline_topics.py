"""What the offline assistant makes of a problem: its category and its priority, by keywords.

Written like the vocabulary in `offline_words`.
"""

from __future__ import annotations

import re

from backend.assistant.models.offline_words import any_of
from backend.tickets.models import Category, Priority

# The first that matches says the category; the more telling come first.
CATEGORIES: tuple[tuple[Category, re.Pattern[str]], ...] = (
    (
        Category.FEATURE_REQUEST,
        any_of(
            r"feature request|new feature|suggestions?|i suggest|sugerencias?|sugiero|sugerir",
            r"propongo",
            r"(?:would|'d) be (?:\w+ )?(?:great|nice|good|useful|helpful|cool|lovely|handy) (?:if"
            r"|to)",
            r"(?:would|'d) be (?:\w+ )?(?:useful|handy|helpful)|i wish (?:i|you|there|it|we)",
            r"(?:would|i'd) (?:love|like) (?:to see|if|the app to)",
            r"(?:please|could you|can you|you should|you could|why don't you"
            r"|consider)(?: \w+)? (?:add|adding|implement|introduce)(?! (?:\w+ )?(?:money|funds"
            r"|me|my))",
            r"(?:seria|estaria) (?:\w+ )?(?:bueno|bien|genial|util|ideal|fantastico|practico)",
            r"(?:gustaria|ojala|deberian|deberia|podrian|podria|pueden)(?: \w+){0,2} (?:agreg\w+"
            r"|anad\w+|inclu(?:ir|yan|yeran)|incorpor\w+|implement\w+)",
        ),
    ),
    (
        Category.COMPLAINT,
        any_of(
            r"complain\w*|quejas?|quej(?:arme|arnos|o)|reclamo|reclamacion(?:es)?|rude\w*",
            r"groser[oa]s?|maleducad[oa]s?|irrespetuos[oa]s?|falta de respeto|mal(?:os)? tratos?",
            r"maltrat\w*|(?:was|were|been) treated|trat(?:o|aron) (?:\w+ )?(?:mal|fatal)",
            r"bad manners|unprofessional|insult\w*",
        ),
    ),
    (
        Category.TECHNICAL_SUPPORT,
        any_of(
            r"crash(?:es|ed|ing)?|freezes|freezing|se cierran? (?:sol[oa]s?|inesperadamente)|bugs?",
            r"buggy|error(?: code)? [a-z]{0,3}\W?\d+|se congela\w*|blue screen|wi\W?fi|internet",
            r"router|modem|vpn",
        ),
    ),
    (
        Category.ACCOUNT,
        any_of(
            r"pass?words?|passcode|contrasenas?|contrasenias?|clave|log\W?in",
            r"log(?:ged|ging)(?: \w+)? in|log in(?:to)?|sign(?:ed|ing)? (?:in(?:to)?|up)|sesion",
            r"locked out|(?:correo|e\W?mail|enlace) de (?:confirmacion|activacion|acceso)",
            r"hack\w*|usernames?|user name|usuario",
            r"entrar (?:en|a)(?: (?:mi|la|su))? (?:cuenta|perfil|usuario|banca)|2fa|two factor",
            r"(?:account|cuenta|user)(?: \w+){0,3} (?:locked|blocked|bloquead[oa]|suspend\w*"
            r"|disabled|frozen|closed|cerrada|congelada)",
            r"(?:change|changed|update|edit|correct|cambi\w+|actualiz\w+|modif\w+"
            r"|corregir)(?: \w+){0,4} (?:ad+ress|direccion|domicilio|e\W?mail|correo|phone"
            r"|telefono|celular|name|nombre|details|datos|pin)",
            r"(?:ad+ress|details|e\W?mail)(?: \w+){0,4} (?:changed|updated?|wrong|modified)",
            r"reset (?:link|code|e\W?mail)|datos personales|personal (?:details|data|information)",
            r"pin|unblock|desbloque\w+",
            r"(?:close|closing|delete|terminate|deactivate|cerrar|eliminar|borrar"
            r"|dar de baja)(?: \w+){0,2} (?:accounts?|cuenta|perfil|profile)",
            r"verif\w+|(?:security|access|activation) (?:code|e\W?mail|link)|sms",
            r"codigo(?! de (?:descuento|error|barras)| promocional)|identity|identidad|profile",
            r"perfil",
            r"(?:lost|lose|stolen|stole|perdi|perdido|robaron|robado"
            r"|extravi\w+)(?: \w+){0,4} (?:cards?|tarjetas?|wallet|cartera|billetera|phone"
            r"|celular|movil|telefono|purse|bolso)",
            r"(?:cards?|tarjetas?|wallet|phone|celular|cartera|billetera"
            r"|purse)(?: \w+){0,4} (?:lost|stolen|missing|arriv\w*|come|came|delivered|delivery"
            r"|llegado|llega|llego|activ\w+|robad[oa]|expir\w*|perdid[oa])",
            r"(?:activat\w+|order\w*|replac\w+|waiting|block|freeze|activar|bloquear|reponer"
            r"|renovar|tracking|track|swallow\w*|trago|retuvo)(?: \w+){0,4} (?:cards?|tarjetas?)",
        ),
    ),
    (
        Category.TECHNICAL_SUPPORT,
        any_of(
            r"frozen|congelad[oa]|screen|pantalla",
            r"(?:impresora|printer|scanner|escaner|bluetooth|laptop)",
            r"no (?:me |se )?(?:carga|abre|enciende|prende|conecta|imprime|arranca|inicia"
            r"|descarga|instala|reproduce|sincroniza)n?",
            r"no puedo (?:descargar|instalar|abrir)(?: la| el| una?)? \w+",
            r"(?:doesn't|does not|won't|will not|can't|cannot|don't|not)(?: \w+)? (?:load|install"
            r"|turn on|connect|boot|download|sync|print|loading|responding|opening)",
            r"(?:won't|doesn't|does not|will not) open",
            r"keeps? (?:dropping|disconnecting|loading|restarting)",
            r"no (?:me )?deja (?:subir|cargar|abrir|enviar)",
            r"se queda (?:cargando|pegad[oa]|colgad[oa])|upload\w*|offline",
            r"(?:se )?cayo (?:el|la)(?: \w+)? (?:sistema|servidor|servicio|pagina|red|linea"
            r"|internet)",
            r"notificacion(?:es)?|notifications?|disconnect\w*|desconecta\w*|servidor|server",
            r"(?:app|site|website|web|page|pagina|sitio|aplicacion|sistema"
            r"|system)(?: \w+){0,4} (?:slow|lent[oa]|down|caid[oa]|broken|error|working|funciona"
            r"|traba|cuelga|cae)",
            r"(?:link|enlace)(?: \w+){0,6} (?:broken|roto|work|funciona|abre|expired)",
        ),
    ),
    (
        Category.BILLING,
        any_of(
            r"(?:over|sur)?charg(?:e|es|ed|ing)(?! (?:cable|port|station|my phone))|overcharged",
            r"refund\w*|money|reimburs\w*|invoic\w*|bill(?:s|ed|ing)?|receipt|pay(?:s|ing)?|paid",
            r"payments?|fees?|prices?|costs?|cash|atms?|withdr\w*|deposit\w*",
            r"top(?:ped|ping)?\W?ups?|topups?|transfer\w*|transaction\w*|balance|exchange|rates?",
            r"statements?|debit(?:ed|s)?|currenc\w+|cheques?|beneficiary|subscription|discount|vat",
            r"tax(?:es)?|purchase\w*|merchant|funds?|cobr\w*|cargos?|cargaron|reembols\w*",
            r"devolucion(?:es)?|devuelv\w+|devolver\w*|factur\w*",
            r"(?:el|un|mi|los|mis|del|su) recibos?|pag(?:o|os|ar|ue|ado|aron|uen)|tarifas?",
            r"comision\w*|precios?|dinero|efectivo|cajero|retir(?:ar|e|o|ada)|depositos?|deposite",
            r"recarg\w*|trans?feri\w*|tra(?:n)?sferencias?|transacci\w+|saldo|extracto",
            r"suscripcion\w*|descuentos?|iva|impuestos?|declin\w+|importe|monto|tipo de cambio",
            r"abono|cuotas?|a plazos",
        ),
    ),
    (
        Category.COMPLAINT,
        any_of(
            r"unacceptable|inaceptable|ridicul\w+|disgrace\w*|verguenza|vergonzos[oa]",
            r"disappoint\w*|decepcion\w*|terrible|awful|horrible|appalling|disgust\w*|worst",
            r"pesim[oa]s?|furious|furios[oa]|atendieron (?:\w+ )?(?:mal|fatal)|fatal|fed up",
            r"hart[oa]|indignad[oa]|indignante|outrage\w*|useless|inutil(?:es)?|incompeten\w*",
            r"(?:mal|mala|bad|poor) (?:servicio|atencion|service|experience|experiencia)|on hold",
            r"ladrones",
            r"(?:nobody|no one|nadie|nunca) (?:\w+ )?(?:answers?|replies|responds?|contest\w+"
            r"|respond\w+)",
        ),
    ),
    (
        Category.ACCOUNT,
        any_of(
            r"ac+ounts?|cuentas?|cards?|tarjetas?|identification|registr\w*|membership|visa",
            r"mastercard",
        ),
    ),
    (
        Category.TECHNICAL_SUPPORT,
        any_of(
            r"apps?|aplica[cs]ion\w*|websites?|web|site|pagina|sitio|sistema|system|errors?|link",
            r"enlace|phone|telefono|celular|movil",
            r"(?:not|stopped|won't|don't|doesn't|isn't|aren't) work(?:ing)?|no funcionan?|no sirve",
            r"video\w*|audio|sound|sonido|suena|camara|camera|dashboard|blank page|dark mode",
            r"dispositivo|device|update|actualizacion|computer|computador\w*|ordenador|software",
            r"download",
        ),
    ),
)

PRIORITIES: tuple[tuple[Priority, re.Pattern[str]], ...] = (
    (
        Priority.LOW,
        any_of(
            r"not urgent|no rush|no hurry|when(?:ever)? you can|low priority|not important",
            r"no (?:es|corre|hay) (?:nada )?(?:urgente|prisa|apuro)|sin prisa",
            r"cuando (?:puedan|pueda)",
        ),
    ),
    (
        Priority.URGENT,
        any_of(
            r"mugged|asaltaron|atracaron|urgent\w*|urgencia|emergenc\w+|stolen|stole|robad[oa]s?",
            r"robaron|robo|fraud\w*|estafa\w*|scam\w*|hack\w*|phish\w*|unauthori[sz]ed",
            r"no autorizad[oa]s?|compromised|clon(?:ed|ad[oa]|aron)",
            r"(?:i|we)(?: did not|'ve not| didn't| never) (?:make|made|authori[sz]e\w*|do|did)",
            r"not (?:recogni[sz]e|mine)|n't recogni[sz]e|don't recogni[sz]e|no recono(?:zco|cemos)",
            r"desconozco|some(?:one|body)(?: else)?(?: \w+){0,2} (?:logged|used|using|accessed|my)",
            r"suplant\w+",
        ),
    ),
    (
        Priority.HIGH,
        any_of(
            r"asap|as soon as possible|immediately|right away|cuanto antes|lo antes posible",
            r"inmediatamente|de inmediato|important\w*|hoy mismo|twice|dos veces|doble|duplica\w+",
            r"lost|perdi|extravi\w+|locked|blocked|bloque[oa]\w*|swallowed",
            r"(?:third|second|tercera|segunda) (?:time|vez)|weeks|semanas",
            r"can't (?:access|log|enter|get in)|cannot (?:access|log|enter)",
            r"no puedo (?:entrar|acceder|ingresar)",
        ),
    ),
)
