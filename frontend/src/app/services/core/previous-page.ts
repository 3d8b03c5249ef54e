import { inject, untracked } from '@angular/core';
import { Router } from '@angular/router';

/**
 * Returns the id that the previous page showed, for example X of `/tickets/X`. Call it in
 * constructors.
 */
export function cameFrom(section: string): string | null {
  const navigation = untracked(inject(Router).currentNavigation);
  const before = navigation?.previousNavigation?.finalUrl?.toString() ?? '';
  return new RegExp(`^/${section}/([^/?]+)`).exec(before)?.[1] ?? null;
}
