import { ChangeDetectionStrategy, Component, provideZonelessChangeDetection } from '@angular/core';
import { TestBed } from '@angular/core/testing';

import { FileDropDirective } from './file-drop';

@Component({
  selector: 'app-drop-host',
  imports: [FileDropDirective],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<div appFileDrop (filesDropped)="take($event)"><textarea></textarea></div>`,
})
class HostComponent {
  names: string[] = [];

  take(files: readonly File[]): void {
    this.names = files.map(({ name }) => name);
  }
}

describe('FileDropDirective', () => {
  let host: HostComponent;
  let element: HTMLElement;

  beforeEach(() => {
    TestBed.configureTestingModule({ providers: [provideZonelessChangeDetection()] });
    const fixture = TestBed.createComponent(HostComponent);
    host = fixture.componentInstance;
    element = fixture.nativeElement as HTMLElement;
    fixture.detectChanges();
    document.body.append(element);
  });

  afterEach(() => element.remove());

  function paste(target: Element, text: string | null): boolean {
    const clipboardData = new DataTransfer();
    if (text !== null) clipboardData.setData('text/plain', text);
    clipboardData.items.add(new File(['x'], 'image.png', { type: 'image/png' }));
    const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
    target.dispatchEvent(event);
    return event.defaultPrevented;
  }

  it('takes a picture that is pasted, also while a note is being written', () => {
    expect(paste(element.querySelector('textarea') as Element, null)).toBeTrue();
    expect(host.names).toEqual(['image.png']);
  });

  it('leaves cells of a spreadsheet, which are words and a picture of them, to the note', () => {
    expect(paste(element.querySelector('textarea') as Element, 'a\tb')).toBeFalse();
    expect(host.names).toEqual([]);
    expect(paste(element, 'a\tb')).toBeTrue();
  });
});
