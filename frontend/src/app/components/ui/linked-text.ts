import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { LinkifyIt } from 'linkify-it';

interface Part {
  readonly text: string;
  /** Where the text leads: an address, or null for text that leads nowhere. */
  readonly href: string | null;
  readonly ticketId: string | null;
}

/** Web and e-mail addresses, also without `https://`; no other schemes. */
const links = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: true })
  .add('ftp:', null)
  .add('//', null);
const TICKET = /\bTICKET-\d{4}-\d{6,}\b/gi;

/** What somebody wrote, as plain text: web addresses, e-mail addresses and ticket numbers are links. */
@Component({
  selector: 'app-linked-text',
  imports: [RouterLink],
  // On one line: white space is kept here.
  template: `@for (part of parts(); track $index) {
    @if (part.href) {
      <a
        [href]="part.href"
        target="_blank"
        rel="noopener noreferrer nofollow"
        class="underline underline-offset-2"
        >{{ part.text }}</a
      >
    } @else if (part.ticketId) {
      <a [routerLink]="['/tickets', part.ticketId]" class="figures underline underline-offset-2">{{
        part.text
      }}</a>
    } @else {
      <span>{{ part.text }}</span>
    }
  }`,
  host: { class: 'block as-written' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class LinkedTextComponent {
  readonly text = input.required<string>();

  protected readonly parts = computed(() => partsOf(this.text()));
}

function partsOf(text: string): readonly Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const { index, lastIndex, url } of links.match(text) ?? []) {
    parts.push(...withTickets(text.slice(end, index)));
    parts.push({ text: text.slice(index, lastIndex), href: url, ticketId: null });
    end = lastIndex;
  }
  return [...parts, ...withTickets(text.slice(end))];
}

function withTickets(text: string): readonly Part[] {
  const parts: Part[] = [];
  const add = (slice: string, ticketId: string | null): void => {
    if (slice) parts.push({ text: slice, href: null, ticketId });
  };
  let end = 0;
  for (const { 0: found, index } of text.matchAll(TICKET)) {
    add(text.slice(end, index), null);
    add(found, found.toUpperCase());
    end = index + found.length;
  }
  add(text.slice(end), null);
  return parts;
}
