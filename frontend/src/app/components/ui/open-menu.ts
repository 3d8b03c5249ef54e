import type { CdkMenuTrigger } from '@angular/cdk/menu';

/** Opens a menu as its button does for the keyboard: the first item has the focus. */
export function openMenu(trigger: CdkMenuTrigger): void {
  trigger.open();
  trigger.getMenu()?.focusFirstItem('keyboard');
}
