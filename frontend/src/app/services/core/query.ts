import { HttpParams } from '@angular/common/http';

/** Parameters of a list. Undefined and empty ones are not sent. */
export type ListQuery = Readonly<Record<string, string | number | boolean | undefined>>;

export function toParams(query: ListQuery): HttpParams {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, value] as const],
  );
  return new HttpParams({ fromObject: Object.fromEntries(given) });
}
