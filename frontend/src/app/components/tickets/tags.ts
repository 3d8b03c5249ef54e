import type { AbstractControl } from '@angular/forms';

import { problemOfTags } from '../../services/tickets/ticket-edits';

/** For a field of tags separated by commas. */
export function withinTagLimits({ value }: AbstractControl<string>): { tags: true } | null {
  return problemOfTags(value) ? { tags: true } : null;
}
