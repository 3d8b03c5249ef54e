import { HttpParams } from '@angular/common/http';

/** What a list is asked for; what is undefined or empty is not sent. */
export type ListQuery = Readonly<Record<string, string | number | boolean | undefined>>;

export function toParams(query: ListQuery): HttpParams {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, value] as const],
  );
  return new HttpParams({ fromObject: Object.fromEntries(given) });
}
