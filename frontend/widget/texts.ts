export type Language = 'es' | 'en';

export interface Texts {
  readonly open: string;
  readonly close: string;
  readonly title: string;
  readonly greeting: string;
  readonly write: string;
  readonly send: string;
  readonly messages: string;
  readonly typing: string;
  readonly offline: string;
  readonly pending: string;
  readonly failed: string;
  readonly you: string;
  readonly assistant: string;
  readonly unread: string;
}

export const TEXTS: Readonly<Record<Language, Texts>> = {
  es: {
    open: 'Abrir el chat',
    close: 'Cerrar el chat',
    title: '¿En qué podemos ayudarle?',
    greeting: 'Escríbanos: le respondemos aquí mismo.',
    write: 'Escriba un mensaje',
    send: 'Enviar',
    messages: 'Mensajes',
    typing: 'Escribiendo…',
    offline: 'Sin conexión. Sus mensajes saldrán en cuanto vuelva.',
    pending: 'Enviando…',
    failed: 'No se ha enviado. Intentar de nuevo',
    you: 'Usted',
    assistant: 'Asistente',
    unread: 'mensajes sin leer',
  },
  en: {
    open: 'Open the chat',
    close: 'Close the chat',
    title: 'How can we help?',
    greeting: 'Write to us: we answer right here.',
    write: 'Write a message',
    send: 'Send',
    messages: 'Messages',
    typing: 'Writing…',
    offline: 'No connection. Your messages will leave when it is back.',
    pending: 'Sending…',
    failed: 'Not sent. Try again',
    you: 'You',
    assistant: 'Assistant',
    unread: 'unread messages',
  },
};
