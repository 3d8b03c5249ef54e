import en from '../../../i18n/en.json';
import es from '../../../i18n/es.json';
import {
  ticketRowCategoryValues,
  ticketRowPriorityValues,
  ticketRowStatusValues,
} from '../../api/schema';
import { localeOf, preferredLanguage } from './language';

type Catalogue = Readonly<Record<string, Readonly<Record<string, string>>>>;

const flat = (catalogue: Catalogue): [string, string][] =>
  Object.entries(catalogue).flatMap(([group, texts]) =>
    Object.entries(texts).map(([key, text]): [string, string] => [`${group}.${key}`, text]),
  );
const placeholders = (text: string): string[] => (text.match(/\{\{\w+\}\}/g) ?? []).sort();

describe('the catalogues', () => {
  it('have the same keys in both languages', () => {
    expect(flat(en).map(([key]) => key)).toEqual(flat(es).map(([key]) => key));
  });

  it('say something for every key, with the same placeholders', () => {
    const english = new Map(flat(en));
    for (const [key, text] of flat(es)) {
      expect(text.trim()).withContext(key).not.toBe('');
      expect(placeholders(english.get(key) ?? ''))
        .withContext(key)
        .toEqual(placeholders(text));
    }
  });

  it('name every status, priority and category of the API', () => {
    expect(Object.keys(es.status).sort()).toEqual([...ticketRowStatusValues].sort());
    expect(Object.keys(es.priority).sort()).toEqual([...ticketRowPriorityValues].sort());
    expect(Object.keys(es.category).sort()).toEqual([...ticketRowCategoryValues].sort());
  });
});

describe('the first language', () => {
  const browserSpeaks = (...languages: string[]): void => {
    spyOnProperty(navigator, 'languages').and.returnValue(languages);
  };

  beforeEach(() => localStorage.removeItem('mostrador.language'));
  afterAll(() => localStorage.removeItem('mostrador.language'));

  it('is the first of the browser’s that there is', () => {
    browserSpeaks('fr-FR', 'es-MX', 'en');
    expect(preferredLanguage()).toBe('es');
  });

  it('is English for all others', () => {
    browserSpeaks('fr-FR', 'de');
    expect(preferredLanguage()).toBe('en');
  });

  it('is written as in the country that the browser names', () => {
    browserSpeaks('es', 'en-GB', 'es-MX', 'en-US');
    expect([localeOf('en'), localeOf('es')]).toEqual(['en-GB', 'es-MX']);
  });

  it('is written as anywhere where the browser names no country', () => {
    browserSpeaks('fr-FR', 'en');
    expect([localeOf('en'), localeOf('es')]).toEqual(['en', 'es']);
  });

  it('is the one chosen before, whatever the browser speaks', () => {
    browserSpeaks('es');
    localStorage.setItem('mostrador.language', 'en');
    expect(preferredLanguage()).toBe('en');
  });
});
