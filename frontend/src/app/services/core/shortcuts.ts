import { DestroyRef, inject, Injectable } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { BehaviorSubject, combineLatest, fromEvent, map, switchMap } from 'rxjs';
import { createKeybindingsHandler } from 'tinykeys';

import { persisted } from './persisted';

export interface Shortcut {
  /** One press or several in a row, in tinykeys' syntax: `a`, `?`, `g t`, `$mod+k`. */
  readonly keys: string;
  /** Translation key of its description. */
  readonly label: string;
  readonly run: () => void;
  /** Repeats while the key is held down. */
  readonly repeats?: boolean;
}

export interface ShortcutGroup {
  /** Translation key of the place where these apply. */
  readonly heading: string;
  readonly shortcuts: readonly Shortcut[];
}

/** `off` when keys without Ctrl or ⌘ do nothing. */
const singleKeys = persisted('mostrador.shortcuts', 'on');
/** Fields for text, in which letters are no shortcuts. */
const FIELDS =
  'textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button])';
/** Elements with their own keys. */
const POPUPS = 'dialog, [popover], [role=menu], [role=listbox]';
const PRESSABLE = 'a[href], button, summary, input';

/**
 * The keyboard shortcuts that apply now. Pages and components register theirs; for one key the last
 * registration wins.
 */
@Injectable({ providedIn: 'root' })
export class ShortcutService {
  private readonly groupsSubject = new BehaviorSubject<readonly ShortcutGroup[]>([]);
  private readonly singleKeysSubject = new BehaviorSubject(singleKeys.read() !== 'off');
  private held = false;

  /** The shortcuts that apply now, the last registered first, each key once. */
  readonly groups$ = this.groupsSubject.pipe(map(effective));
  /**
   * Whether keys without Ctrl or ⌘ work. They can be turned off because speech input triggers them
   * (WCAG 2.1.4).
   */
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

  /** Registers shortcuts until the caller is destroyed. Needs an injection context. */
  register(heading: string, shortcuts: readonly Shortcut[]): void {
    const group: ShortcutGroup = { heading, shortcuts };
    this.groupsSubject.next([group, ...this.groupsSubject.value]);
    inject(DestroyRef).onDestroy(() =>
      this.groupsSubject.next(this.groupsSubject.value.filter((other) => other !== group)),
    );
  }

  /** Ignores keys while what a shortcut opened is about to take the focus. */
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
  // Sequences first: of several that a key completes, the first one runs.
  const byLength = [...shortcuts].sort((one, other) => presses(other) - presses(one));
  const bindings = byLength.map(({ keys, run, repeats }) => [
    // The position of a sign, and whether it needs Shift, differs between keyboard layouts.
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

/** Returns whether the key belongs to the focused element or to a dialog. */
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
