import { Location } from '@angular/common';
import { Directive, inject } from '@angular/core';
import { Router } from '@angular/router';

/** Back to the page that the agent came from as it was; its own address is for who came from none. */
@Directive({ selector: 'a[appBack]', host: { '(click)': 'goBack($event)' } })
export class BackDirective {
  private readonly location = inject(Location);
  private readonly router = inject(Router);

  protected goBack(event: MouseEvent): void {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (hasPageBefore()) this.location.back();
    else void this.router.navigateByUrl((event.currentTarget as HTMLAnchorElement).pathname);
  }
}

/** A page of this site, that is; a browser that does not say so is not asked to go back. */
function hasPageBefore(): boolean {
  const { navigation } = window as { navigation?: { canGoBack: boolean } };
  return navigation?.canGoBack ?? false;
}
