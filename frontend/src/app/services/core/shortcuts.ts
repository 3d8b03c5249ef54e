import { DestroyRef, inject, Injectable } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { BehaviorSubject, combineLatest, fromEvent, map, switchMap } from 'rxjs';
import { createKeybindingsHandler } from 'tinykeys';

import { persisted } from './persisted';

export interface Shortcut {
  /** One press or several in a row, in tinykeys' syntax: `a`, `?`, `g t`, `$mod+k`. */
  readonly keys: string;
  /** Translation key of what it does. */
  readonly label: string;
  readonly run: () => void;
  /** Goes on for as long as the key is held down. */
  readonly repeats?: boolean;
}

export interface ShortcutGroup {
  /** Translation key of where these apply. */
  readonly heading: string;
  readonly shortcuts: readonly Shortcut[];
}

/** `off` when keys without Ctrl or ⌘ do nothing. */
const singleKeys = persisted('mostrador.shortcuts', 'on');
/** Text goes in here, so a letter is a letter. */
const FIELDS =
  'textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button])';
/** These have keys of their own. */
const POPUPS = 'dialog, [popover], [role=menu], [role=listbox]';
const PRESSABLE = 'a[href], button, summary, input';

/**
 * The keyboard shortcuts that apply now. Pages and components register theirs, and the one that
 * came last has a key.
 */
@Injectable({ providedIn: 'root' })
export class ShortcutService {
  private readonly groupsSubject = new BehaviorSubject<readonly ShortcutGroup[]>([]);
  private readonly singleKeysSubject = new BehaviorSubject(singleKeys.read() !== 'off');
  private held = false;

  /** What applies now, the latest comer first; a key that is taken appears once. */
  readonly groups$ = this.groupsSubject.pipe(map(effective));
  /** Keys without Ctrl or ⌘ can be switched off: speech input sets them off (WCAG 2.1.4). */
  readonly singleKeys$ = this.singleKeysSubject.asObservable();

  constructor() {
    combineLatest([this.groups$, this.singleKeys$])
      .pipe(
        map(([groups, singleKeys]) =>
          groups
            .flatMap(({ shortcuts }) => shortcuts)
            .filter(({ keys }) => singleKeys || keys.startsWith('$mod')),
        ),
        map((shortcuts) => handler(shortcuts, (event) => this.held || isForOthers(event))),
        switchMap((handle) => fromEvent<KeyboardEvent>(document, 'keydown').pipe(map(handle))),
        takeUntilDestroyed(),
      )
      .subscribe();
  }

  /** For as long as the caller lives: call it where things are injected. */
  register(heading: string, shortcuts: readonly Shortcut[]): void {
    const group: ShortcutGroup = { heading, shortcuts };
    this.groupsSubject.next([group, ...this.groupsSubject.value]);
    inject(DestroyRef).onDestroy(() =>
      this.groupsSubject.next(this.groupsSubject.value.filter((other) => other !== group)),
    );
  }

  /** While what was asked for is on its way to take the keyboard, no key may act on the page. */
  hold(held: boolean): void {
    this.held = held;
  }

  allowSingleKeys(allowed: boolean): void {
    singleKeys.write(allowed ? 'on' : 'off');
    this.singleKeysSubject.next(allowed);
  }
}

function effective(groups: readonly ShortcutGroup[]): readonly ShortcutGroup[] {
  const taken = new Set<string>();
  const isFree = ({ keys }: Shortcut): boolean => !taken.has(keys) && !!taken.add(keys);
  return groups
    .map(({ heading, shortcuts }) => ({ heading, shortcuts: shortcuts.filter(isFree) }))
    .filter(({ shortcuts }) => shortcuts.length);
}

function handler(
  shortcuts: readonly Shortcut[],
  ignore: (event: KeyboardEvent) => boolean,
): EventListener {
  // Sequences first: of several that a key completes, the first one has it.
  const byLength = [...shortcuts].sort((one, other) => presses(other) - presses(one));
  const bindings = byLength.map(({ keys, run, repeats }) => [
    // Where a sign lies on the keyboard, and whether it takes Shift, differs between countries.
    keys.replace(/^[^\w\s]$/, '[Shift]+$&'),
    (event: KeyboardEvent): void => {
      if (event.repeat && !repeats) return;
      event.preventDefault();
      run();
    },
  ]);
  return createKeybindingsHandler(Object.fromEntries(bindings), { ignore });
}

function presses({ keys }: Shortcut): number {
  return keys.split(' ').length;
}

/** The key is meant for what has the focus, or for a dialog. */
function isForOthers({ target, key, ctrlKey, metaKey, isComposing }: KeyboardEvent): boolean {
  const element = target as Element;
  return (
    isComposing ||
    !!document.querySelector('dialog[open], :popover-open') ||
    !!element.closest(POPUPS) ||
    (key === 'Enter' && !!element.closest(PRESSABLE)) ||
    (!ctrlKey && !metaKey && !!element.closest(FIELDS))
  );
}
