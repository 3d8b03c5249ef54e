const KINDS = ['audio', 'contacts', 'document', 'image', 'location', 'sticker', 'video'];

/** What customers send beside text, as far as there is a word for it. */
export function mediaKind(type: string): string {
  return KINDS.includes(type) ? type : 'other';
}
