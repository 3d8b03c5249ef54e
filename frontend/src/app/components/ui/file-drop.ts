import { DestroyRef, Directive, inject, output } from '@angular/core';
import { fromEvent } from 'rxjs';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';

/** Takes files that are dropped on it, or pasted anywhere on the page. */
@Directive({
  selector: '[appFileDrop]',
  host: {
    '[class.dropping]': 'dropping',
    '(dragover)': 'hover($event)',
    '(dragleave)': 'leave($event)',
    '(drop)': 'drop($event)',
  },
})
export class FileDropDirective {
  readonly filesDropped = output<readonly File[]>();

  protected dropping = false;

  constructor() {
    fromEvent<ClipboardEvent>(document, 'paste')
      .pipe(takeUntilDestroyed(inject(DestroyRef)))
      .subscribe((event) => {
        // Cells of a spreadsheet come as text and as a picture of it: a field wants the text.
        const hasText = event.clipboardData?.types.includes('text/plain');
        if (!hasText || !isField(event.target)) this.take(event, event.clipboardData);
      });
  }

  protected hover(event: DragEvent): void {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault(); // without it the browser would not let go here
    this.dropping = true;
  }

  protected leave({ currentTarget, relatedTarget }: DragEvent): void {
    // Going from one part of it to another is not leaving.
    if (!(currentTarget as Element).contains(relatedTarget as Node | null)) this.dropping = false;
  }

  protected drop(event: DragEvent): void {
    this.dropping = false;
    this.take(event, event.dataTransfer);
  }

  private take(event: Event, data: DataTransfer | null): void {
    const files = [...(data?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    this.filesDropped.emit(files);
  }
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}
