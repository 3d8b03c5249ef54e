import { relativeTime, timeLeft } from './time-format';

describe('relativeTime', () => {
  const now = Date.parse('2026-11-20T12:00:00Z');
  const ago = (seconds: number): string => new Date(now - seconds * 1000).toISOString();

  for (const [seconds, expected] of [
    [0, 'now'],
    [44, 'now'],
    [60, '1 min. ago'],
    [59 * 60, '59 min. ago'],
    [3 * 3600, '3 hr. ago'],
    [24 * 3600, 'yesterday'],
    [6 * 86400, '6 days ago'],
    [-3600, 'in 1 hr.'],
    [10 * 86400, 'Nov 10, 2026'],
  ] as const) {
    it(`says "${expected}" after ${seconds} s`, () => {
      expect(relativeTime(ago(seconds), now, 'en').replace(/(min|hr)(?= ago|$)/, '$1.')).toBe(
        expected,
      );
    });
  }

  it('counts down to a deadline and on beyond it', () => {
    expect(timeLeft(ago(-15 * 60), now, 'en')).toBe('15 min');
    expect(timeLeft(ago(-21 * 3600), now, 'es')).toBe('21 h');
    expect(timeLeft(ago(-3 * 86400), now, 'en')).toBe('3 days');
    expect(timeLeft(ago(9 * 60), now, 'es')).toBe('−9 min');
  });

  it('speaks Spanish', () => {
    expect(relativeTime(ago(3 * 3600), now, 'es')).toBe('hace 3 h');
  });
});
