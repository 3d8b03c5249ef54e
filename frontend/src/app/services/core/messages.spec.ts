import { MessageTranspiler } from './messages';

describe('MessageTranspiler', () => {
  let transpiler: MessageTranspiler;
  const say = (value: unknown, params?: Record<string, unknown>): unknown =>
    transpiler.transpile({ value, params, key: '', translation: {} });

  beforeEach(() => {
    transpiler = new MessageTranspiler();
    transpiler.onLangChanged('en');
  });

  it('fills in what is given, and nothing for what is not', () => {
    expect(say('{{name}} wrote {{text}}', { name: 'Ana', text: '{{name}} # {x}' })).toBe(
      'Ana wrote {{name}} # {x}',
    );
    expect(say('Hello {{name}}!')).toBe('Hello !');
  });

  it('has a form for one and a form for all others', () => {
    const text = '{count, plural, one {# ticket} other {# tickets}} of {{name}}';
    expect([0, 1, 2].map((count) => say(text, { count, name: 'Ana' }))).toEqual([
      '0 tickets of Ana',
      '1 ticket of Ana',
      '2 tickets of Ana',
    ]);
  });

  it('writes numbers as the language does', () => {
    const text = '{{from}} {count, plural, one {#} other {#}}';
    expect(say(text, { from: 12_345, count: 67_890 })).toBe('12,345 67,890');
    transpiler.onLangChanged('es');
    const parts = new Intl.NumberFormat(
      navigator.languages.find((locale) => locale.startsWith('es-')) ?? 'es',
    );
    expect(say(text, { from: 12_345, count: 67_890 })).toBe(
      `${parts.format(12_345)} ${parts.format(67_890)}`,
    );
  });

  it('leaves groups of texts as they are', () => {
    const group = { one: 'text' };
    expect(say(group)).toBe(group);
  });
});
