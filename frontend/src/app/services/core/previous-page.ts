import { inject, untracked } from '@angular/core';
import { Router } from '@angular/router';

/** Which one of a section the page before this one showed: of `/tickets/X`, X. For constructors. */
export function cameFrom(section: string): string | null {
  const navigation = untracked(inject(Router).currentNavigation);
  const before = navigation?.previousNavigation?.finalUrl?.toString() ?? '';
  return new RegExp(`^/${section}/([^/?]+)`).exec(before)?.[1] ?? null;
}
