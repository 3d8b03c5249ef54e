import type { AbstractControl } from '@angular/forms';

import { LIMITS } from '../../services/ticket-rules';

/** Tags as people type them: separated by commas. */
export function tagsIn(text: string): string[] {
  return [...new Set(text.split(',').map((tag) => tag.trim()))].filter(Boolean);
}

export function withinTagLimits({ value }: AbstractControl<string>): { tags: true } | null {
  const tags = tagsIn(value);
  const within = tags.length <= LIMITS.tags && tags.every((tag) => tag.length <= LIMITS.tag);
  return within ? null : { tags: true };
}
