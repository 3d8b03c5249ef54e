/**
 * The web chat for any site, by one tag:
 *   <script src="https://support.example.com/widget.js" defer></script>
 * docs/CHANNELS.md has its attributes.
 */
import { Chat, type ChatState, type Identity } from './chat';
import { type Language, TEXTS } from './texts';
import { View } from './view';

function start(script: HTMLScriptElement): void {
  const server = new URL(script.src).origin;
  const options = script.dataset;
  const language = languageOf(options['language'] ?? document.documentElement.lang);
  const identity: Identity = {
    name: options['name'] || undefined,
    phone: options['phone'] || undefined,
    identityHash: options['identityHash'] || undefined,
  };

  let latest: ChatState | null = null;
  let view: View | null = null;
  const chat = new Chat(server, identity, false, (state) => {
    latest = state;
    view?.render(state);
  });
  const shown = new View(TEXTS[language], language, {
    opened: () => void chat.open(),
    read: () => chat.markRead(),
    send: (text) => chat.send(text),
    typing: () => chat.tellTyping(),
    sendAgain: (messageId) => chat.sendAgain(messageId),
  });
  view = shown;
  followTheme(shown.host, options['theme']);
  document.body.append(shown.host);
  if (latest) shown.render(latest);
}

function languageOf(tag: string): Language {
  const wanted = tag || navigator.language;
  return wanted.toLowerCase().startsWith('es') ? 'es' : 'en';
}

/** The visitor's own choice of light or dark, unless the site has one. */
function followTheme(host: HTMLElement, wanted: string | undefined): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = (): void => {
    host.dataset['theme'] = wanted ?? (dark.matches ? 'dark' : 'light');
  };
  dark.addEventListener('change', apply);
  apply();
}

const script = document.currentScript as HTMLScriptElement;
if (document.body) start(script);
else addEventListener('DOMContentLoaded', () => start(script));
