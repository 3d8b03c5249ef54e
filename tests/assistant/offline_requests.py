"""What customers write, and what the offline assistant should make of it.

One request a line: the text, the intent and, for tickets, the category a desk would file it under
("" where reasonable people differ). `|` separates the three.
"""

from __future__ import annotations

from typing import NamedTuple

from backend.settings import Locale


class LabelledRequest(NamedTuple):
    text: str
    intent: str
    category: str
    locale: Locale


_SPANISH = """
¿Cómo va mi ticket 123? | status
estado del ticket TICKET-2026-000045 | status
Quisiera saber en qué quedó el ticket 2026-000310, por favor | status
hola buenas, alguna novedad del caso 88? | status
TICKET-2025-000007 | status
me pueden decir como va el tiket #4521 | status
El ticket número 17 sigue sin resolverse y ya pasaron dos semanas | status
Consulta de la incidencia nº 960 | status
ya resolvieron mi reclamo 2026-000054?? | status
Seguimiento al folio 000212 | status
Mis tickets | recent
¿Qué tickets tengo abiertos? | recent
quiero ver mis últimas solicitudes | recent
Muéstrame mis casos | recent
como va mi ticket? | recent
¿Hay alguna novedad sobre mi reclamo? | recent
Buenos días, ¿me puede dar el estado de mi solicitud? | recent
lista de mis incidencias por favor | recent
ver tickets | recent
Quiero abrir un ticket sobre la factura de octubre | open | billing
Necesito abrir un ticket porque la aplicación no abre | open | technical_support
quiero reportar un problema con mi router, no tengo internet | open | technical_support
Abra un caso por favor: me cobraron un servicio que cancelé | open | billing
Deseo presentar una queja por el trato del cajero de la sucursal centro | open | complaint
crear ticket: cambio de correo electrónico de mi cuenta | open | account
Quisiera levantar un reporte, la página web da error 500 al pagar | open | technical_support
poner una reclamación por un paquete que llegó roto | open | complaint
Me gustaría abrir una incidencia. El lector de tarjetas no enciende. | open | technical_support
No puedo entrar en mi cuenta, dice que la contraseña no es correcta | report | account
olvidé mi contraseña | report | account
se me bloqueó el PIN después de tres intentos | report | account
Quiero cerrar mi cuenta definitivamente | report | account
necesito cambiar mi dirección de correo | report | account
Me robaron el celular y tenía la sesión abierta en su app | report | account
Perdí mi tarjeta ayer en el metro, necesito bloquearla | report | account
mi tarjeta no ha llegado todavia | report | account
No me llega el código de verificación al celular | report | account
creo que alguien hackeo mi usuario | report | account
Quiero actualizar mis datos personales porque me mudé | report | account
el sistema me dice que mi usuario no existe | report | account
Me cobraron dos veces la misma compra | report | billing
todavía no recibo el reembolso que pedí hace diez días | report | billing
no reconozco un cargo de 49,90 en mi estado de cuenta | report | billing
La factura de este mes está mal, me suben el precio sin avisar | report | billing
Hice una transferencia el lunes y el dinero no ha llegado | report | billing
el cajero me dio menos efectivo del que pedi | report | billing
necesito la factura con el RFC de mi empresa | report | billing
Me aplicaron una comisión que nadie me explicó | report | billing
pagué con la tarjeta y el pago aparece rechazado pero el dinero salió | report | billing
quiero cancelar mi suscripción y que me devuelvan el dinero | report | billing
recarge saldo y no aparece | report | billing
ME ESTAN COBRANDO ALGO QUE NO CONTRATE!!! | report | billing
La aplicación se cierra sola cada vez que la abro | report | technical_support
la app se queda congelada en la pantalla de inicio | report | technical_support
Desde la última actualización no funcionan las notificaciones | report | technical_support
No tengo internet desde esta mañana, el router parpadea en rojo | report | technical_support
la pagina no carga en chrome | report | technical_support
Me sale el error E-204 al subir un documento | report | technical_support
el escaner de la bodega no conecta con el sistema | report | technical_support
Buenas tardes, la impresora que me mandaron no imprime | report | technical_support
El enlace que me enviaron por correo no abre | report | technical_support
el sitio web está muy lento desde ayer | report | technical_support
no puedo descargar la aplicasion en mi telefono | report | technical_support
Estoy muy decepcionado con la atención que recibí | report | complaint
es una vergüenza que lleve tres horas esperando en el teléfono | report | complaint
El empleado de la tienda fue muy grosero conmigo | report | complaint
pésimo servicio, nunca contestan | report | complaint
Quiero quejarme del repartidor, dejó el paquete en la calle | report | complaint
esto es inaceptable, llevo un mes con lo mismo | report | complaint
Sería bueno que la app tuviera modo oscuro | report | feature_request
Me gustaría que pudieran añadir pago con Bizum | report | feature_request
Una sugerencia: permitan exportar los movimientos a Excel | report | feature_request
¿podrían agregar la opción de varios idiomas? | report | feature_request
¿Cuál es el horario de atención los sábados? | report | general_inquiry
¿Tienen oficinas en Valparaíso? | report | general_inquiry
¿Con qué monedas trabajan? | report | general_inquiry
cuanto tarda un envio a Canarias? | report | general_inquiry
¿Qué documentos necesito para hacerme cliente? | report | general_inquiry
¿Se puede pagar a plazos? | report | general_inquiry
Donde queda la sucursal mas cercana | report | general_inquiry
¿Hacen envíos internacionales? | report | general_inquiry
¿Cuánto cuesta el plan familiar? | report | general_inquiry
hola | greeting
Buenos días! | greeting
ola buenas tardes | greeting
Hola, ¿qué tal? | greeting
muchas gracias | thanks
ok, perfecto, gracias | thanks
Mil gracias por su ayuda! | thanks
vale | thanks
Adiós, gracias | goodbye
hasta luego | goodbye
Nada más, que tenga buen día | goodbye
¿Eres un robot? | identity
¿Quién eres? | identity
¿Qué puedes hacer? | identity
estoy hablando con una persona o con una máquina? | identity
Quiero hablar con una persona | person
páseme con un agente por favor | person
necesito que me atienda un asesor humano | person
¿Puedo hablar con alguien? | person
comuníqueme con un ejecutivo | person
operador | person
asdfgh | unclear
kjhkjh iuyiuy qweqwe | unclear
😡😡😡 | unclear
??? | unclear
tarjeta | unclear
tengo un problema | unclear
Hola, necesito ayuda | unclear
quiero abrir un ticket | unclear
Buenas, tengo una consulta | unclear
cuéntame un chiste | unclear
prueba | unclear
como va lo de mi tiket 33 | status
quiero saber si ya atendieron la incidencia 2026-000777 | status
numero de caso 1290 porfa | status
ticket 2025 000012, sigo esperando | status
que solicitudes he hecho? | recent
necesito ver todos mis tickets | recent
¿y mi reclamo? nadie me dice nada | recent
Por favor generen un ticket por la caída del servidor de correo | open | technical_support
quisiera abrir un reclamo por cobro indebido | open
Abrir ticket, me llegó una factura de otra persona | open | billing
registrar una incidencia: el ascensor del edificio B no funciona | open
me bloquearon la cuenta sin motivo | report | account
Llevo dos días sin poder iniciar sesión | report | account
Extravié mi tarjeta de crédito en el extranjero | report | account
no me llego el sms con el codigo | report | account
El cobro de este mes es el doble de lo normal | report | billing
Pagué ayer y todavía me sale como pendiente | report | billing
cuando me devuelven mi plata?? | report | billing
Intento pagar y me rechaza la tarjeta | report | billing
La app me saca a cada rato | report | technical_support
no me deja subir las fotos, se queda cargando | report | technical_support
Se cayó el sistema de turnos y no podemos trabajar, urgente | report | technical_support
el técnico no vino y nadie me avisó | report
Me atendieron fatal en su oficina de Sevilla | report | complaint
pedí una talla M y me mandaron una S | report
mi paquete no aparece por ningún lado | report
Sugiero que incluyan un buscador en la página | report | feature_request
¿Aceptan American Express? | report | general_inquiry
¿A qué hora abren mañana? | report | general_inquiry
info sobre los planes para empresas | report
buenas noches | greeting
gracias, muy amable | thanks
chau, gracias por todo | goodbye
¿hay alguien ahí? | greeting
usted es una persona real? | identity
Prefiero que me llame un asesor | person
necesito hablar con el supervisor | person
jajajaja | unclear
aaaaaaa bbbb | unclear
Buenas, en qué estado está el ticket 2026-000009 | status
me confirman si cerraron el caso 455? | status
¿Qué ha pasado con mi incidencia? | recent
enséñeme mis tickets pendientes | recent
Hola, quiero poner una queja por la demora en la entrega | open | complaint
abran un ticket: el aire acondicionado de la sala 4 gotea | open
Hola! no puedo acceder a mi perfil desde el móvil | report | account
se me olvido el usuario | report | account
Quisiera dar de baja mi cuenta | report | account
Me han cargado 15 euros de más en la última factura | report | billing
mande dinero a la cuenta equivocada, ayuda por favor | report | billing
¿Por qué me descontaron una comisión? | report | billing
el video se ve borroso y se corta | report
La página me da un error al registrarme | report | technical_support
no suena el altavoz que compré la semana pasada | report
Su vendedora me trató muy mal | report | complaint
sería útil poder descargar las facturas en PDF | report | feature_request
¿Venden tarjetas de regalo? | report | general_inquiry
¿Puedo recoger el pedido en tienda? | report | general_inquiry
hey, buenos dias equipo | greeting
ok muchas gracias, hasta mañana | goodbye
no quiero hablar con un bot, pásame a un humano | person
que onda | unclear
mmm | unclear
Reabran el caso 33 por favor | reopen
quiero que reabran mi ticket 8 | reopen
el caso 71 no quedó solucionado | reopen
el ticket 90 no está arreglado, la app sigue fallando | reopen
vuelva a abrir el ticket 15 | reopen
necesito reabrir la incidencia 2026-000045 | reopen
agregue al ticket 45 que el código de error es E12 | comment
añadir una nota al caso 33: estoy en casa después de las seis | comment
deje un comentario en el ticket 8: el número de serie es 4471 | comment
agrega al ticket 71 que el router es el modelo X2 | comment
quiero añadir al ticket 90 que pasa también en Safari | comment
anota en el ticket 15 que la factura está pagada | comment
ticket 45, 5 estrellas | rate
le doy un 4 de 5 al ticket 33 | rate
2 sobre 5 para el caso 8, muy lento | rate
1 estrella para el ticket 71, nadie me llamó | rate
mi valoración del ticket 90 es 3/5 | rate
califico el ticket 15 con 5 estrellas | rate
¿ya resolvieron el ticket 8? | status
estado del caso 71 | status
¿cómo va lo mío? | recent
¿Qué pasa con mi reclamación? | recent
El cajero se tragó mi tarjeta esta mañana | report | account
abran un caso porfa, no me llega el correo de confirmación | open | account
Para el ticket 45: el modelo del router es AX3000 | comment
Agreguen un comentario en el ticket 45, mañana no estoy en casa | comment
Sumen al ticket 45 que también pierde agua por abajo | comment
ábranme otra vez el ticket 45 | reopen
el TICKET-2026-000045 sigue sin estar arreglado, reábralo | reopen
Le doy un 5 al ticket 45, excelente trabajo | rate
Mi nota para el TICKET-2026-000045 es 2 | rate
valoración del ticket 45: 1, pésimo | rate
¿Me puede atender una persona de carne y hueso? | person
No quiero hablar con un robot | person
necesito a alguien que me escuche, no a un bot | person
hay alguien real ahí? | person
¿hay algún humano? | person
déjeme hablar con su jefe | person
pasar con agente | person
con quién hablo | identity
Buenas tardes, ¿hay alguien por ahí? | greeting
muchísimas gracias | thanks
te lo agradezco mucho | thanks
¿Podrían añadir al ticket 45 que por las mañanas no hay nadie? | comment
¿me pueden reabrir el ticket 45? | reopen
¿pueden decirme por qué reabrieron el ticket 45? | status
cómo hablo con una persona | person
hay una persona fumando en el portal | report
No funciona la máquina de café | report
"""

_ENGLISH = """
What is the status of TICKET-2026-000123? | status
any news on ticket 2026-000123 | status
Ticket #58 please | status
status of case 1204 | status
Hi, could you check ticket number 77 for me? | status
I'm following up on TICKET-2026-000019, nobody has called me yet | status
has tikcet 345 been solved | status
ticket-2026-000500 | status
Where are we with incident 2026-000811? | status
why is ticket 42 closed, my issue isn't fixed | status
my tickets | recent
Show me my latest requests | recent
What cases do I have open? | recent
Any update on my ticket? | recent
can I see all my tickets please | recent
how is my complaint going? | recent
list my open cases | recent
Good morning, I would like to know the status of my support request | recent
is there any progress on my case | recent
I want to open a ticket about a wrong invoice | open | billing
please create a ticket: the app crashes when I upload a photo | open | technical_support
I'd like to report a problem with the login page, my password is refused | open | account
Open a support case for my broken router | open | technical_support
raise a ticket, I have been overcharged | open | billing
I need to file a complaint about the technician who came yesterday | open | complaint
can you log a ticket because the VPN keeps dropping | open | technical_support
report an issue with the elevator scanner, it does not read badges | open | technical_support
My bill shows someone else's name, please open a ticket | open | billing
I can't log in to my account | report | account
forgot my password and the reset email never comes | report | account
My PIN is blocked | report | account
please close my account | report | account
I need to change the phone number on my profile | report | account
my card has not arrived | report | account
I lost my card on the train | report | account
My wallet was stolen with both cards in it! | report | account
someone logged in as me from another country | report | account
my account has been locked for no reason | report | account
The verification code is never sent to me | report | account
I moved house and need to update my address | report | account
your system says my username doesnt exist | report | account
I was charged twice for the same order | report | billing
Still waiting for my refund after three weeks | report | billing
There is a payment on my statement that I did not make | report | billing
my invoice is missing the VAT number | report | billing
I sent a transfer on Friday and it has not gone through | report | billing
the cash machine gave me less money than I asked for | report | billing
you took a fee out of my balance without telling me | report | billing
The discount code was not applied to my bill | report | billing
I want my money back | report | billing
cancel my subscription and stop taking payments | report | billing
my top up is not showing in my balance | report | billing
payment declined but the money left my bank | report | billing
WHY DID YOU CHARGE ME 30 EUROS??? | report | billing
The app crashes every time I open it | report | technical_support
my screen stays black after the update | report | technical_support
The website does not load on my phone | report | technical_support
No internet since this morning | report | technical_support
I keep getting error 502 when I submit the form | report | technical_support
the printer you sent us won't turn on | report | technical_support
Bluetooth keeps disconnecting from the speaker | report | technical_support
notifications stopped working on android | report | technical_support
your site is painfully slow today | report | technical_support
The link in your email is broken | report | technical_support
I cannot install the new version | report | technical_support
app wont open pls help | report | technical_support
The map in the delivery tracker is frozen | report | technical_support
I am very disappointed with your support team | report | complaint
this is the worst service I have ever had | report | complaint
Your driver was rude to my mother | report | complaint
It is unacceptable that nobody answers the phone | report | complaint
I have been waiting on hold for two hours, this is ridiculous | report | complaint
I want to complain about the way I was treated at the desk | report | complaint
It would be great if the app had a dark mode | report | feature_request
Please add the option to pay in instalments | report | feature_request
Feature request: export to CSV | report | feature_request
I wish I could sort my orders by date | report | feature_request
Could you add support for Portuguese? | report | feature_request
What are your opening hours on Sunday? | report | general_inquiry
Do you ship to Iceland? | report | general_inquiry
which currencies do you support | report | general_inquiry
How much does the premium plan cost? | report | general_inquiry
Where is your nearest branch? | report | general_inquiry
Is there a student discount? | report | general_inquiry
how long does delivery take | report | general_inquiry
Can I use the service from two devices? | report | general_inquiry
What documents do I need to become a client? | report | general_inquiry
hello | greeting
Hi there! | greeting
good evening | greeting
hey, how are you? | greeting
thank you so much | thanks
ok great, thanks for your help | thanks
thx | thanks
perfect | thanks
bye | goodbye
That's all, have a nice day | goodbye
thanks, goodbye! | goodbye
are you a robot? | identity
Who are you? | identity
what can you do | identity
Am I talking to a real person? | identity
I want to talk to a human | person
let me speak with an agent | person
connect me to a real person please | person
Can someone call me? | person
agent | person
I need a representative | person
asdf jkl | unclear
xxxxxxxx | unclear
👍 | unclear
... | unclear
card | unclear
I have a problem | unclear
help me please | unclear
I have a question | unclear
I want to open a ticket | unclear
tell me a joke | unclear
what's the weather like today? | unclear
just testing | unclear
12345 | unclear
whats happening with my ticket 9 | status
TICKET 2026 000321 status? | status
Did you get anywhere with case #5567 | status
I'd like an update on incident number 31 | status
which of my tickets are still open | recent
do i have any open tickets | recent
what happened to my complaint | recent
Could you raise a case for a duplicate charge? | open | billing
submit a ticket for password reset | open | account
I wish to lodge a complaint against your courier | open | complaint
new ticket: laptop battery dies after an hour | open
my login keeps failing | report | account
somebody changed the email on my account | report | account
need to replace my damaged card | report | account
I never received the activation email | report | account
why is there an extra fee on my invoice | report | billing
you billed me after I cancelled | report | billing
my direct debit was taken twice this month | report | billing
the promo code does not work at checkout | report
Your app logs me out every few minutes | report
can't upload my documents, spinning wheel forever | report | technical_support
The whole office is offline, this is an emergency!! | report | technical_support
The technician never showed up | report
You sent me the wrong size | report
parcel says delivered but I don't have it | report
Terrible experience, I will never come back | report | complaint
a calendar view would be really useful | report | feature_request
Are you open on bank holidays? | report | general_inquiry
What's the difference between basic and pro? | report | general_inquiry
Is it possible to pay by cheque? | report | general_inquiry
good afternoon team | greeting
Great, thank you very much! | thanks
see you later | goodbye
is this a bot or a human? | identity
I'd rather speak to somebody on the phone | person
human please | person
qwertyuiop | unclear
blah blah | unclear
can you help me? | unclear
hey there, how's ticket 2026-000018 coming along? | status
Case 77? | status
Please list all of my requests | recent
has anybody looked at my ticket | recent
can you open a ticket for the broken window in room 12 | open
I'd like to make a complaint about your delivery guy | open | complaint
I keep getting locked out of my account | report | account
How do I change the email address on my account? | report | account
The reset link has expired | report | account
My card was swallowed by the machine | report
I returned the shoes a month ago and have not been refunded | report | billing
You charged VAT although we are exempt | report | billing
The dashboard shows a blank page | report | technical_support
dark mode is broken since yesterday | report | technical_support
video calls drop after five minutes | report
Nobody ever replies to my emails. Shameful. | report | complaint
Any plans to support Apple Watch? | report
Do you have vegan options | report | general_inquiry
Can I bring my dog? | report
yo | unclear
cheers mate | thanks
no that's all thanks | goodbye
give me a real person | person
are u human | identity
lol | unclear
fghj 5678 | unclear
reopen TICKET-2026-000045 please | reopen
please reopen case 33, the fault came back | reopen
can you reopen ticket 8? | reopen
my ticket 71 was not solved | reopen
ticket 90 isn't really resolved, the app still crashes | reopen
I need ticket 15 opened again | reopen
add to ticket 45 that the error code is E12 | comment
please add a note to ticket 33: I am home after six | comment
add this information to case 8: the serial is 4471 | comment
leave a comment on ticket 71, the router is model X2 | comment
for ticket 90, add that it happens on Safari too | comment
I want to add a detail to ticket 15: the invoice was paid | comment
ticket 45: 5 stars | rate
I give ticket 33 a 4 out of 5 | rate
2/5 for case 8, too slow | rate
1 star for ticket 71, nobody called | rate
my rating for ticket 90 is 3 of 5 | rate
5 stars for the help on TICKET-2026-000015 | rate
how is ticket 45 going? | status
is ticket 33 solved? | status
tickets | recent
my claims | recent
Do I have any pending cases? | recent
List everything I have open with you | recent
what's going on with my complaint? | recent
I can't log into the portal since Monday | report | account
Do I need to speak to an agent to change my pin? | report | account
Please note on TICKET-2026-000045 that I'm only home after 6pm | comment
ticket 45: the parcel is a grey box | comment
ticket 45: any progress on this one? | status
my score for ticket 45: 3 | rate
I'd give ticket 45 a 2, too slow | rate
add a note to ticket 45: they came with 3 people | comment
I don't want a bot | person
Let me talk with someone in billing | person
Is there a human I can talk to? | person
I need to talk to customer service staff | person
can a person answer me please | person
Thanks a million! | thanks
Could you please add to ticket 45 that the door is blue? | comment
would you mind reopening case 45? | reopen
can you tell me why ticket 45 was reopened? | status
Please send me the order your staff promised | report
I do not like the new machine you sold me, it leaks | report
can someone write the invoice again | report
give me 3 more days to pay ticket 45 | status
"""


def _read(lines: str, locale: Locale) -> list[LabelledRequest]:
    rows = [[cell.strip() for cell in line.split("|")] for line in lines.strip().splitlines()]
    return [LabelledRequest(row[0], row[1], row[2] if row[2:] else "", locale) for row in rows]


LABELLED_REQUESTS = _read(_SPANISH, Locale.ES) + _read(_ENGLISH, Locale.EN)
