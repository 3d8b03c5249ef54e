import { createEnvironmentInjector, EnvironmentInjector } from '@angular/core';
import { TestBed } from '@angular/core/testing';

import { type ShortcutGroup, ShortcutService } from './shortcuts';

describe('ShortcutService', () => {
  let service: ShortcutService;
  let done: string[];
  const hosts: HTMLElement[] = [];

  const press = (key: string, init: KeyboardEventInit = {}, at: Element = document.body): boolean =>
    at.dispatchEvent(
      new KeyboardEvent('keydown', {
        key,
        code: `Key${key.toUpperCase()}`,
        bubbles: true,
        cancelable: true,
        ...init,
      }),
    );
  const into = (html: string): HTMLElement => {
    const host = document.createElement('div');
    host.innerHTML = html;
    document.body.append(host);
    hosts.push(host);
    return host.firstElementChild as HTMLElement;
  };
  const as = (name: string, ...keys: string[]): (() => void) => {
    const owner = createEnvironmentInjector([], TestBed.inject(EnvironmentInjector));
    owner.runInContext(() =>
      service.register(
        name,
        keys.map((each) => ({
          keys: each,
          label: each,
          run: () => done.push(`${name} ${each}`),
          repeats: each === 'j',
        })),
      ),
    );
    return () => owner.destroy();
  };

  beforeEach(() => {
    localStorage.removeItem('mostrador.shortcuts');
    service = TestBed.inject(ShortcutService);
    done = [];
  });

  afterEach(() => {
    for (const host of hosts.splice(0)) host.remove();
  });

  it('lets no key through while a dialog is on its way', () => {
    as('page', 'a', '$mod+k');
    service.hold(true);
    press('a');
    press('k', { ctrlKey: true });
    expect(done).toEqual([]);
    service.hold(false);
    press('a');
    expect(done).toEqual(['page a']);
  });

  it('runs what a key, a sign or a sequence stands for, and keeps it from the browser', () => {
    as('page', 'a', 't', '?', '/', 'g t', '$mod+k');
    expect(press('a')).toBeFalse();
    press('?', { shiftKey: true });
    press('/', { shiftKey: true, code: 'Digit7' }); // a Spanish keyboard
    press('g');
    press('t');
    press('k', { ctrlKey: true });
    expect(done).toEqual(['page a', 'page ?', 'page /', 'page g t', 'page $mod+k']);
  });

  it('leaves combinations of the browser alone', () => {
    as('page', 'c', 'r');
    expect(press('c', { ctrlKey: true })).toBeTrue();
    press('r', { metaKey: true });
    press('r', { altKey: true });
    expect(done).toEqual([]);
  });

  it('does not fire while somebody types, but for combinations', () => {
    as('page', 'a', '$mod+k');
    const field = into('<textarea></textarea>');
    press('a', {}, field);
    press('k', { ctrlKey: true }, field);
    press('a', {}, into('<input type="checkbox" />'));
    expect(done).toEqual(['page $mod+k', 'page a']);
  });

  it('does not fire in a menu or while a dialog is open', () => {
    as('page', 'a', 'Enter');
    press('a', {}, into('<div role="menu"></div>'));
    press('Enter', {}, into('<button></button>'));
    const dialog = into('<dialog></dialog>') as HTMLDialogElement;
    dialog.showModal();
    press('a');
    dialog.close();
    expect(done).toEqual([]);
    press('Enter');
    expect(done).toEqual(['page Enter']);
  });

  it('gives a key to the latest comer until it leaves', () => {
    as('shell', 'c', '/');
    const leave = as('list', '/');
    let groups: readonly ShortcutGroup[] = [];
    service.groups$.subscribe((now) => (groups = now));
    press('/');
    expect(groups.map(({ shortcuts }) => shortcuts.map(({ keys }) => keys))).toEqual([
      ['/'],
      ['c'],
    ]);
    leave();
    press('/');
    expect(done).toEqual(['list /', 'shell /']);
  });

  it('repeats while a key is held only what is meant to', () => {
    as('list', 'j', 'x');
    press('j', { repeat: true });
    press('x', { repeat: true });
    expect(done).toEqual(['list j']);
  });

  it('can be without single keys', () => {
    as('page', 'a', 'g t', '$mod+k');
    service.allowSingleKeys(false);
    press('a');
    press('g');
    press('t');
    press('k', { ctrlKey: true });
    expect(done).toEqual(['page $mod+k']);
  });
});
