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
  readonly unread: (count: number) => string;
}

export const TEXTS: Readonly<Record<Language, Texts>> = {
  es: {
    open: 'Abrir chat',
    close: 'Cerrar chat',
    title: '¿En qué podemos ayudarle?',
    greeting: 'Escríbanos y le responderemos aquí.',
    write: 'Escriba un mensaje',
    send: 'Enviar',
    messages: 'Mensajes',
    typing: 'Escribiendo…',
    offline: 'Sin conexión. Sus mensajes se enviarán cuando vuelva la conexión.',
    pending: 'Enviando…',
    failed: 'No se envió. Reintentar',
    you: 'Usted',
    assistant: 'Asistente',
    unread: (count) => (count === 1 ? '1 mensaje sin leer' : `${count} mensajes sin leer`),
  },
  en: {
    open: 'Open chat',
    close: 'Close chat',
    title: 'How can we help?',
    greeting: 'Send us a message and we’ll reply here.',
    write: 'Write a message',
    send: 'Send',
    messages: 'Messages',
    typing: 'Typing…',
    offline: 'You’re offline. Messages will be sent when you reconnect.',
    pending: 'Sending…',
    failed: 'Not sent. Try again',
    you: 'You',
    assistant: 'Assistant',
    unread: (count) => (count === 1 ? '1 unread message' : `${count} unread messages`),
  },
};
