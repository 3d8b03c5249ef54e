"""The offline assistant's vocabulary: tables of patterns in Spanish and English.

They are matched against folded text (small letters, no accents). A blank stands for any run of
spaces and punctuation, an apostrophe may be missing, and a pattern covers whole words.
"""

from __future__ import annotations

import re


def any_of(*alternatives: str) -> re.Pattern[str]:
    """One pattern for all, as this module's first lines say."""
    source = "|".join(alternatives).replace(" ", r"\W+").replace("'", "'?")
    return re.compile(rf"(?<!\w)(?:{source})(?!\w)")


# --- tickets ------------------------------------------------------------------------------------

_TICKET = r"(?:tickets?|tikets?|tikcets?|tickts?|tickest?|ticets?|tiquets?|tiques?)"
_ONE_TICKET = r"(?:ticket|tiket|tikcet|tickt|ticet|tiquet)"
_CASE = (
    r"(?:cases?|casos?|incidents?|incidencias?|incidentes?|reclamos?|reclamacion(?:es)?|quejas?"
    r"|complaints?|solicitud(?:es)?|folios?|expedientes?)"
)
_REQUEST = r"(?:(?:support |service )?requests?|reportes?|reports?|peticion(?:es)?)"
_NUMBER_SIGN = r"(?:number|numero|num|nro|nr|no|n|o|id|code|codigo|is|es|el|the|con|with)"
_YEAR_AND_SEQUENCE = r"(?:20\d\d\W{1,3})?\d{1,9}"

NUMBERED_TICKETS = any_of(
    rf"(?:{_TICKET}|{_CASE}|{_REQUEST}(?=\W*#|\W+n))(?:\W+{_NUMBER_SIGN})*\W*"
    rf"(?P<numbers>{_YEAR_AND_SEQUENCE}(?:[\s,;&]+(?:y |and )?{_YEAR_AND_SEQUENCE}(?=\W*$))?)",
)
YEAR_AND_SEQUENCE = re.compile(r"(?:(20\d\d)\W{1,3})?(\d{1,9})(?!\d)")
# Without the word: 2026-000123 (a date has shorter parts), or a padded number and little else.
BARE_TICKET_NUMBER = re.compile(
    r"(?<![\w.,/-])(?P<numbers>20\d\d-\d{5,9})(?![\w/-])|^\W*#\W?(?P<sharp>\d{1,9})\W*$"
    r"|^(?:\W*[a-z]+\b){0,6}\W*(?P<padded>0\d{5})\W*$"
)

_ASKING_STATUS = (
    r"(?:status|updates?|updated|news|progress|follow up|following up|how is|how's|how are"
    r"|what happened|what's happening|where is|where are|checking|check|word|hear"
    r"|estado|estatus|como va|como van|como sigue|como esta|novedad(?:es)?|noticias?|avances?"
    r"|seguimiento|que pas[ao]|que ha pasado|que hay|en que|saber|sabe|actualizacion|resolvieron"
    r"|resuelto|revisaron|revisado|atendieron|solucionaron|respuesta|going on|happening)"
)
_WHOSE = r"(?:my|mi|mis|the|el|la|un|una|a|this|este|esta|del|al|our|nuestro|nuestra)"
_RECENCY = (
    r"(?:latest|last|recent|open|previous|active|existing|support|current|pending|ultim[oa]s?"
    r"|propi[oa]s?|reciente?s?|anterior(?:es)?|abiert[oa]s?|pendientes?|\d{1,2}|of|the|my)"
)
RECENT_TICKETS = any_of(
    rf"(?:my|all|latest|last|recent|mis?)(?: {_RECENCY})* {_TICKET}(?! de (?:compra|caja|pago))",
    rf"(?:my|all|mis)(?: {_RECENCY})* (?:cases|casos|requests|complaints|claims|incidents"
    r"|incidencias|reclamos|reclamaciones|solicitudes|quejas|reportes|expedientes)",
    rf"(?:what|which|how many|que|cuales|cuantos|cuantas)(?: {_RECENCY}| son| mis)* "
    rf"(?:{_TICKET}|cases|requests|casos|reclamos|solicitudes|incidencias)",
    r"(?:show|list|see|view|check|ver|listar?|consultar?|mostrar|muestr[ae]\w*|ensen\w+)"
    rf"(?: (?:me|the|all|los|las|todos|lista|de|{_RECENCY}))* {_TICKET}",
    rf"{_ASKING_STATUS}(?:\W+\w+){{0,5}} {_WHOSE} (?:(?:\w+ )?(?:{_TICKET}|{_CASE})"
    rf"|(?:{_RECENCY} )?{_REQUEST}(?! (?:for|to|de|para)))",
    rf"(?:has|have|is|was) (?:my|our)(?: support)? (?:{_TICKET}|{_CASE})",
    r"^\W*(?:any|some|alguna?|hay)(?: alguna)? (?:news|updates?|novedad(?:es)?"
    r"|noticias?)(?: \w+){0,3}\W*$",
    rf"(?:{_TICKET}|{_CASE}) (?:status|update)|open (?:{_TICKET}|cases)(?! (?:about|for|sobre))",
    rf"(?:^\W*(?:y|and)|what about|que hay de) (?:mi|my|the|el|la) (?:{_TICKET}|{_CASE})",
    r"(?:i|we) (?:have )?(?:already )?(?:opened|filed|raised|logged|submitted|created) "
    rf"(?:a|an|two|several)(?: \w+)? (?:{_TICKET}|{_CASE})",
    rf"(?:abri|puse|levante|cree|registre|presente) (?:un|una|dos|varios)(?: \w+)? "
    rf"(?:{_TICKET}|{_CASE})",
    rf"(?:do i have|have i got|tengo algun[oa]?)(?: any)?(?: {_RECENCY})* (?:{_TICKET}|{_CASE}"
    rf"|{_REQUEST})",
    r"^\W*tickets\W*$|(?:everything|anything|all|what) i have(?: \w+)? (?:open|reported|with you)"
    r"|(?:todo )?lo que tengo (?:abierto|pendiente)",
    r"(?:como va|como sigue|en que (?:anda|quedo)|que (?:paso con|hay de)|sabe(?:n|s)? algo de)"
    r" lo (?:mio|nuestro)",
)

_UNNUMBERED = r"(?!\W*(?:number|numero|num|nro|no|n)?\W{0,3}\d)"
OPEN_TICKET = any_of(
    r"(?:open|create|raise|file|log|submit|make|start|register|lodge|put in|want|need|like)"
    r"(?: me)? (?:a|an|another)(?: new| formal| support| help| service)* "
    rf"(?:{_TICKET}|case|complaint|claim|incident|request)(?! from)",
    rf"(?:open|create|raise|file|log|submit|new)(?: new)? {_ONE_TICKET}{_UNNUMBERED}",
    r"(?:raise|report)(?: (?:a|an|the|some|another))+(?: new)? (?:problem|issue|bug|fault|failure"
    r"|concern)s?(?: (?:with|about|regarding))?",
    r"(?:want|like|need|have) to report(?: that)?",
    r"(?:abr(?:ir|irme|a|an|e|ame|anme|eme)|crea(?:r|rme|me)?|cree(?:n|me|nme)?|gener(?:ar|e|en|a)"
    r"|levant(?:ar|e|en)|registr(?:ar|e|en)|poner|ponga|meter|hacer|present(?:ar|o)|iniciar|inicie"
    r"|dar de alta|ingresar|solicitar|necesito|quiero)(?: (?:un|una|otro|otra|nuevo|nueva))+"
    rf" (?:{_TICKET}|caso|incidencia|incidente|reclamo|reclamacion|queja|solicitud|reporte|parte)",
    rf"(?:abrir|abre|abra|crear|crea|generar|genera|levantar|nuevo) {_ONE_TICKET}{_UNNUMBERED}",
    r"(?:reportar|informar de)(?: (?:un|una|otro|otra|el|la))+(?: nuev[oa])? (?:problema|fallo"
    r"|falla|averia|inconveniente)s?(?: con)?",
    r"(?:quiero|quisiera|necesito|deseo|gustaria|para) reportar(?: que)?",
)
LEADING = re.compile(
    r"^\W*(?:(?:about|regarding|concerning|for|because(?: of)?|with|that|as|since|saying|so"
    r"|sobre|acerca|por|porque|ya|debido|respecto|relacionad[oa]|con|para|que|de|del|a|al"
    r"|favor|please|pls|me|and|y|to)\b\W*)*"
)
TRAILING = re.compile(
    r"(?:[\s,;:.]+(?:please|pls|por favor|and|y|so|can you|could you|would you|i|i want to"
    r"|i would like to|i'd like to|i need to|quiero|quisiera|necesito|deseo|me|pueden?|podrian?"
    r"|favor de|to|para))+\W*$"
)

# --- changing a ticket that has a number ---------------------------------------------------------

REOPEN = any_of(
    r"re-?open(?:ed|ing)?|reabr\w+|vuelv(?:a|an|e) a abrir",
    r"abr\w+ (?:de nuevo|otra vez)|open(?:ed)? again",
    r"(?:isn't|is not|not|wasn't|was not) (?:really )?(?:solved|resolved|fixed)",
    r"no (?:esta|quedo|fue|ha sido) (?:resuelt[oa]|solucionad[oa]|arreglad[oa])",
)
COMMENT = any_of(
    r"(?:add|leave|put|write)(?: (?:a|an|this|my|another))* (?:comment|note|information|detail)s?",
    r"note (?:on|in|for|that)|(?:toma|tome|tomen) nota|(?:apunt|inclu[iy])\w+ en",
    r"comment (?:on|for)|add (?:to|that)|anot(?:ar|a|e|en)",
    r"(?:anad|agreg)(?:ir|ar|an?|u?en?)(?:le|lo)?|sum(?:ar|an?|en?) al?",
    r"(?:dej|pon|escrib)(?:ar|er|ir|en?|an?|gan?) (?:un|una|este|esta) (?:comentario|nota)",
)
# "Ticket 12: it is the blue one": what is told of a ticket, unless it asks.
DETAIL = any_of(
    rf"(?:{_TICKET}|{_CASE})(?:\W+{_NUMBER_SIGN})*\W*{_YEAR_AND_SEQUENCE}\s*:(?=(?:\W+\w+){{3}})"
)
ASKING = any_of(_ASKING_STATUS)
# A wish in the form of a question.
WISH = any_of(
    r"(?:can|could|would|will) (?:you|u|someone|somebody)(?: please| mind)? (?:re-?open(?:ing)?"
    r"|open|add(?:ing)?|leave|put|write|note|comment)",
    r"(?:puede[ns]?|podria[ns]?)(?: por favor)? (?:reabrir|abrir|volver a abrir|anadir|agregar"
    r"|sumar|anotar|apuntar|incluir|poner|dejar|escribir)(?:le|lo|me)?",
)
WHY = re.compile(r"\W*(?:why|por que)\b")
RATING = re.compile(
    r"(?<![\w.,])([1-5])\W*(?:stars?|estrellas?|(?:out )?of 5|/ ?5|de 5|sobre 5)(?!\w)"
)
# Without saying of how many: the words for it, and nothing after it that is counted.
MARK = re.compile(
    r"(?<!\w)(?:(?:rat(?:e|ing)|score|nota|puntuacion|puntuo|calificacion|califico|valoracion|valoro)"
    r"\b\D{0,40}?|(?:give|doy|pongo)(?:\W+(?:it|them|you))?(?:\W+(?:an?|un))?\W+)"
    r"(?<![\w.,])([1-5])(?=\W*$|[.,;!]\D|\s+(?:al?|to|for|por|porque|because|gracias|thanks?)\b)"
)

# --- asking for a person, or who is speaking ----------------------------------------------------

_PERSON = (
    r"(?:humans?|human being|persons?|people|agents?|representatives?|rep|operators?|advisors?"
    r"|advisers?|managers?|supervisors?|someone|somebody|anyone|member of staff|persona|personas"
    r"|human[oa]s?|agentes?|asesor(?:a|es)?|ejecutiv[oa]s?|representantes?|operador(?:a|es)?"
    r"|alguien|encargad[oa]|supervisora?|gerente|responsable|jef[ea])"
)
PERSON = any_of(
    rf"(?:talk|speak|speaking|talking|chat|chatting) (?:to|with)(?: \w+){{0,2}} (?:{_PERSON}"
    r"|staff|boss|customer service)",
    rf"(?:connect|transfer|put|pass|get|give|let|send) me(?: \w+){{0,4}} {_PERSON}",
    rf"(?:want|need|like)(?: \w+)? (?:a|an)(?: (?:real|live|human))* {_PERSON}",
    rf"(?:real|live|actual) {_PERSON}|{_PERSON} (?:real|de verdad|human[oa])",
    r"(?:is|are) there (?:a|an|any) (?:human|person|agent|representative|people)",
    r"hay algun[oa]? (?:human[oa]|persona|agente|asesora?)",
    r"(?:can|could|will|would) (?:someone|somebody|anyone|an agent|a person|a human)(?: please)?"
    r" (?:call|ring|phone|contact|answer|attend|talk)",
    r"(?:please|could you|can you)(?: please)? (?:call|phone|ring) me",
    r"(?:hablar|hable|hablo|comuni[cq]\w+|contactar|chatear|platicar|charlar|paseme|pasame|pasenme"
    r"|transfierame|transferirme|transfieranme|deriveme|conecteme|pongame|ponganme|pasar|pase)"
    rf"(?: \w+){{0,2}} (?:con|a)(?: \w+){{0,3}} {_PERSON}",
    rf"(?:atender(?:me)?|atienda|atiendan|atendiera|conteste|llame|ayude)(?: (?:un|una|algun|alguna"
    rf"|me))* {_PERSON}",
    rf"(?:quiero|quisiera|necesito|solicito|prefiero)(?: a)?(?: un[oa]?)? {_PERSON}",
    r"(?:atencion|soporte) human[oa]|(?:pueden|puede|podrian|podria) llamarme",
    r"(?:me )?(?:pueden|puede|podrian|podria) llamar(?: por telefono)?|llamenme|llameme",
    r"que me llamen",
    r"(?:(?:don't|do not|no) (?:want|like|quiero|deseo|soporto|aguanto|me gustan?)|no more|enough"
    r"|hate|odio|basta de|fed up|hart[oa])(?: \w+){0,4} (?:robots?|bots?|chatbots?|ai|ia"
    r"|contestador(?:es)?)",
    r"(?:don't|do not|no) (?:want|quiero|deseo)(?: \w+)? (?:talk|speak|chat|hablar|chatear|tratar)"
    r"(?: \w+){1,2} (?:machines?|computers?|maquinas?)",
)
PERSON_ALONE = any_of(_PERSON)
# Whether one has to, which is no wish.
HAVE_TO = any_of(
    r"(?:do|must|should) (?:i|we)(?: (?:have|need) to)?"
    r"|(?:hace falta|es necesario|hay que|tengo que)(?=[^.!]*\?)"
)
IDENTITY = any_of(
    r"(?:who|what) (?:are you|is this|am i (?:talking|speaking) (?:to|with))(?: exactly)?",
    r"(?:are (?:you|u)|is this|is it)(?: (?:a|an|just|the|really|some))* (?:real|human|robot|bot"
    r"|chatbot|ai|machine|person|automatic|computer|program)(?: person| human)?(?: or(?: (?:a|an"
    r"|real))* \w+)?",
    r"(?:am i|are we) (?:talking|speaking|chatting) (?:to|with)(?: (?:a|an|the|real|human|person"
    r"|robot|bot|machine|computer|or|someone|ai))+",
    r"what (?:can|do) you do|what(?: things)? can you help(?: me)?(?: with)?",
    r"how can you help(?: me)?|how does this work|what's your name|what is your name",
    r"do you have a name|quien (?:eres|es usted|es|me atiende|me habla)|que eres|como te llamas",
    r"con quien (?:hablo|chateo)",
    r"cual es (?:tu|su) nombre",
    r"(?:eres|es usted|es|esto es)(?: (?:un|una|algun))? (?:robot|bot|chatbot|ia|maquina"
    r"|human[oa]|persona|automatico|programa)(?: \w+)?",
    r"(?:hablo|estoy hablando|estoy chateando|converso) con(?: (?:un|una|o|con|alguien|robot|bot"
    r"|persona|maquina|human[oa]|real|de verdad|ia|quien))+",
    r"(?:que|en que) (?:cosas )?(?:puedes|puede|sabes|sabe)(?: usted)? (?:hacer|ayudar|ayudarme)",
    r"(?:en que|como) me (?:puedes|puede) ayudar|para que sirves?|como funciona esto",
)

# --- small talk ---------------------------------------------------------------------------------

GREETING = any_of(
    r"h+i+|hello+|hey+|hiya|hola+|ola|holi|buen(?:as|os|o|a)?(?: dias?| tardes?| noches?)?",
    r"good (?:morning|afternoon|evening|day)|greetings|saludos|estimad[oa]s?|dear|que tal",
    r"como esta(?:s|n)?|como le va|how are you(?: doing)?(?: today)?|how's it going|what's up",
    r"(?:is )?(?:anyone|anybody|someone) (?:there|here)|hay alguien(?: ahi)?",
    r"espero que (?:este|esten) bien|(?:me llamo|mi nombre es|my name is) \w+",
)
THANKS = any_of(
    r"(?:many |a lot of )?thanks|thank(?: you| u)?|thankyou|thx|tnx|ty|cheers|gracias|grax",
    r"(?:te|le|les|se) (?:lo )?agradezco|se agradece|agradecid[oa]|much appreciated|appreciate it",
    r"ok|okay|okey|oki|vale|perfect[oa]?|great|fine|cool|awesome|excellent|excelente|genial|listo",
    r"estupendo|de acuerdo|entendido|got it|understood|muy amable|bien|sounds good|all good",
)
GOODBYE = any_of(
    r"bye+|goodbye|good bye|see you|see ya|good night|take care|cya|adios|chao|chau|nos vemos",
    r"have a (?:nice|good|great|lovely)(?: \w+)?|(?:that's|that is|that will be|that'll be) all",
    r"nothing else|hasta (?:luego|pronto|manana|la proxima)|nada mas",
    r"(?:eso es|seria|eso era) todo",
    r"que (?:tenga|tengas|tengan|pase|pasen|este|esten) (?:muy )?(?:un )?\w+(?: dia| tarde"
    r"| noche)?",
)
# What says that something is wanted, but not what.
VAGUE = any_of(
    r"i(?:'ve| have)(?: got)? (?:a|an|some|another)(?: \w+)? (?:problem|question|issue|query"
    r"|doubt)s?",
    r"(?:need|want)(?: some| your)? (?:help|assistance|support)",
    r"(?:can|could|would) (?:you|someone|anyone|somebody)(?: please)? help|there's a problem",
    r"there is a problem|something is wrong|something's wrong",
    r"tengo (?:un|una|unas|unos|otra|otro)(?: \w+)? (?:problema|duda|consulta|pregunta"
    r"|inconveniente)s?",
    r"(?:necesito|quiero|requiero|busco|solicito)(?: su)? (?:ayuda|apoyo|soporte|asistencia)",
    r"(?:puede|pueden|podria|podrian|puedes) ayudar(?:me)?|ayudeme|ayudenme|ayudame",
    r"(?:hacer|hacerle|hacerles) una (?:consulta|pregunta)|una (?:consulta|pregunta|duda)",
    r"hay un problema|algo (?:esta|anda|va) mal|no (?:me )?funciona|no sirve",
    r"(?:it|this) (?:doesn't|does not|isn't|is not) work(?:ing)?|not working",
    r"(?:this|esto) (?:is|es)(?: just| solo)? (?:a|una) (?:test|prueba)|test(?:ing)?|prueba",
    r"probando|i don't know|no se",
)
FILLER = any_of(
    r"please|pls|plz|por favor|porfa|porfavor|sir|madam|team|equipo|senor(?:es|a|ita)?|there|all",
    r"everyone|todos|a|an|un|una|the|el|la|i|i'd|me|you|u|to|for|by|por|su|tu|your|le|les|much[oa]s?",
    r"muchisim[oa]s?|infinitas|million|millon|tons|bunch|ahi|alli|alla",
    r"mil|much|so|very|muy|todo|toda|lot|help|ayuda|atencion|time|tiempo|support|respuesta|of|de",
    r"and|y|but|pero|just|only|solo|well|pues|bueno|oh|ah|eh|um+|ja\w*ja\w*|ha\w*ha\w*|lol|yes|yep",
    r"yeah|si|no|nope|more|again|later|soon|today|hoy|now|ahora|que|it|is|with|with something",
    r"asistente|want|would like|need|quiero|quisiera|necesito|deseo|me gustaria|can|could|puedo",
    r"podria|am|do|something|algo|asap|urgente|urgent|bot|mostrador|nice|good|morning|day|dia|buen",
    r"here|aqui|con|usted|mate|guys|friends?|amig[oa]s?|chic[oa]s",
)
OFF_TOPIC = any_of(
    r"jokes?|chistes?|weather|football|soccer|poem|poema|recipe|receta|president|presidente",
    r"horoscope|que tiempo hace|el clima|futbol|horoscopo|meaning of life|i love you",
    r"te (?:quiero|amo)|marry me|how old are you|cuantos anos tienes|sing|canta|capital (?:of|de)",
    r"\d+\W?[+x*]\W?\d+",
)

# A question for information, when nothing in it went wrong.
QUESTION = re.compile(
    r"^\W*(?:(?:and|y|pero|but|so|i would like to know|i want to know|can you tell me"
    r"|could you tell me"
    r"|quisiera saber|quiero saber|me gustaria saber|necesito saber|me (?:puede|pueden|podria"
    r"|podrian)"
    r" decir|una consulta|a question)\W+)*(?:what|whats|which|where|when|who|how|do you|does|is"
    r"|are|can"
    r"|may|could i|will|would|que|cual|cuales|donde|cuando|cuant[oa]s?|quien|como"
    r"|(?<=¿)\w{2,}[ae]n|tienen|tiene|hay"
    r"|hacen|hace|aceptan|ofrecen|trabajan|se puede|puedo|es posible|(?:a|con|en|de|desde|hasta) "
    r"(?:que|cual|cuales|donde|cuando|cuanto)|if|si)\b"
)
TROUBLE = any_of(
    r"(?:ca|do|did|does|wo|is|has|have|was|are|could)n't|not|no|never|nunca|cannot|wrong|fail\w*",
    r"problem\w*|declin\w*|reject\w*|errors?|lost|stolen|stole|broken|missing|stuck|pending|still",
    r"twice|extra|unauthori[sz]ed|fraud\w*|hack\w*|todavia|aun|mal|perdi\w*|rob\w*|rechaz\w*",
    r"falta\w*|duplicad\w*|bloque\w*|blocked|locked|(?:was|been|got|were) charged|cobraron|cobrado",
    r"disappeared|complain\w*|my|mis?|reset|close|cancel|cerrar|cancelar",
)
