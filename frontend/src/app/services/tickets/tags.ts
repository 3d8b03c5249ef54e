import { LIMITS } from './ticket-rules';

/** Tags to add to a ticket and tags to remove from it. */
export interface TagChange {
  readonly addTags: string[];
  readonly removeTags: string[];
}

export function changedTags(tags: readonly string[], { addTags, removeTags }: TagChange): string[] {
  const kept = tags.filter((tag) => !removeTags.includes(tag));
  return [...new Set([...kept, ...addTags])];
}

/** `a, b,a` → a and b. */
export function tagsIn(text: string): string[] {
  return [...new Set(text.split(',').map((tag) => tag.trim()))].filter(Boolean);
}

/** Returns the translation key of what is wrong with a text of tags, or null. */
export function problemOfTags(text: string): string | null {
  const tags = tagsIn(text);
  const within = tags.length <= LIMITS.tags && tags.every((tag) => tag.length <= LIMITS.tag);
  return within ? null : 'form.tags_limit';
}
