// The catalogues of the interface's texts: both languages have the same keys with the same
// placeholders, plurals have the forms of their language, every key is used, and every key that
// the code names exists. Part of `npm run lint`.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const SOURCE = 'frontend/src';
const PLURAL = /\{(\w+), plural,((?: \w+ \{[^{}]*\})+)\}/g;
/** The forms that each language needs; "other" is also for what has a form of its own ("many"). */
const FORMS = 'one other';

const catalogues = {
  en: flat(JSON.parse(await readFile(join(SOURCE, 'i18n/en.json'), 'utf8'))),
  es: flat(JSON.parse(await readFile(join(SOURCE, 'i18n/es.json'), 'utf8'))),
};
const code = await sources();
const problems = [...compare(), ...uses()];
for (const [language, texts] of Object.entries(catalogues)) {
  for (const [key, text] of texts) {
    for (const problem of faults(text)) problems.push(`${language}: ${key} ${problem}`);
  }
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length ? 1 : 0;

function flat(tree, prefix = '') {
  const entries = Object.entries(tree).flatMap(([name, value]) =>
    typeof value === 'string' ? [[prefix + name, value]] : [...flat(value, `${prefix}${name}.`)],
  );
  return new Map(entries);
}

async function sources() {
  const names = await readdir(join(SOURCE, 'app'), { recursive: true });
  const wanted = names.filter((name) => /\.(ts|html)$/.test(name) && !/\.spec\.ts$/.test(name));
  const texts = await Promise.all(
    wanted.map((name) => readFile(join(SOURCE, 'app', name), 'utf8')),
  );
  return texts.join('\n');
}

function* compare() {
  const { en, es } = catalogues;
  for (const key of en.keys()) if (!es.has(key)) yield `es: ${key} is missing`;
  for (const key of es.keys()) if (!en.has(key)) yield `en: ${key} is missing`;
  for (const [key, text] of en) {
    const other = es.get(key) ?? text;
    if (placeholders(text) !== placeholders(other)) yield `${key} has different placeholders`;
  }
}

function placeholders(text) {
  const plain = [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name);
  const plural = [...text.matchAll(PLURAL)].map(([, name]) => name);
  return [...new Set([...plain, ...plural])].sort().join();
}

function* faults(text) {
  if (!text.trim()) yield 'is empty';
  for (const [, , forms] of text.matchAll(PLURAL)) {
    const names = [...forms.matchAll(/(\w+) \{/g)].map(([, form]) => form).join(' ');
    if (names !== FORMS) yield `has the plural forms "${names}", not "${FORMS}"`;
    if ((forms.match(/#/g) ?? []).length !== 2) yield 'has a plural form without its number (#)';
  }
  const rest = text.replaceAll(PLURAL, '').replaceAll(/\{\{\w+\}\}/g, '');
  if (/[{}#]/.test(rest)) yield 'has a placeholder or plural that cannot be read';
}

/** A key is written out, or put together from its beginning or its end: `'status.' + status`. */
function* uses() {
  const keys = catalogues.en;
  const groups = new Set([...keys.keys()].map((key) => key.split('.')[0]));
  const literals = new Set(
    [...code.matchAll(/['"`]((?:[a-z_]+\.)?[-\w.]*)(?=['"`]|\$\{)/gi)].map(([, text]) => text),
  );
  const words = new Set(code.match(/-?[\w]+/g));
  const endings = [...code.matchAll(/\+\s*'(\.[a-z_]+)'/g)].map(([, text]) => text);
  const isMiddle = (rest) => words.has(rest) || words.has(rest.replace(/_[a-z]+$/, ''));
  for (const key of keys.keys()) {
    const isWritten = literals.has(key);
    const isBegun = [...key.matchAll(/[._]/g)].some(
      ({ index }) => literals.has(key.slice(0, index + 1)) && isMiddle(key.slice(index + 1)),
    );
    const isEnded = endings.some((ending) => key.endsWith(ending));
    if (!isWritten && !isBegun && !isEnded) yield `${key} is not used`;
  }
  for (const [, key] of code.matchAll(/'([a-z_]+\.[a-z_]+)'(?=\s*(?:\||\)\s*\|))/g)) {
    if (groups.has(key.split('.')[0]) && !keys.has(key)) yield `${key} is used but does not exist`;
  }
}
