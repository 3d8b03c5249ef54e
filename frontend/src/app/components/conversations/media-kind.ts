const KINDS = ['audio', 'contacts', 'document', 'image', 'location', 'sticker', 'video'];

/** Returns the kind of media for its translation, `other` if unknown. */
export function mediaKind(type: string): string {
  return KINDS.includes(type) ? type : 'other';
}
