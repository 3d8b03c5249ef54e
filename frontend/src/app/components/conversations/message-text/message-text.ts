import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { RouterLink } from '@angular/router';

interface Part {
  readonly text: string;
  readonly kind: 'text' | 'link' | 'ticket';
}

const ADDRESS = /(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]}'’»])|\b(TICKET-\d{4}-\d{6,})\b/gi;

/** What somebody wrote, with addresses and ticket numbers that can be followed. */
@Component({
  selector: 'app-message-text',
  imports: [RouterLink],
  // On one line: white space is kept here.
  template: `@for (part of parts(); track $index) {
    @switch (part.kind) {
      @case ('link') {
        <a
          [href]="part.text"
          target="_blank"
          rel="noopener noreferrer"
          class="underline underline-offset-2"
          >{{ part.text }}</a
        >
      }
      @case ('ticket') {
        <a
          [routerLink]="['/tickets', part.text.toUpperCase()]"
          class="figures underline underline-offset-2"
          >{{ part.text }}</a
        >
      }
      @default {
        <span>{{ part.text }}</span>
      }
    }
  }`,
  host: { class: 'block as-written leading-relaxed' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class MessageTextComponent {
  readonly text = input.required<string>();

  protected readonly parts = computed(() => partsOf(this.text()));
}

function partsOf(text: string): readonly Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const found of text.matchAll(ADDRESS)) {
    if (found.index > end) parts.push({ kind: 'text', text: text.slice(end, found.index) });
    parts.push({ kind: found[1] ? 'link' : 'ticket', text: found[0] });
    end = found.index + found[0].length;
  }
  if (end < text.length) parts.push({ kind: 'text', text: text.slice(end) });
  return parts;
}
