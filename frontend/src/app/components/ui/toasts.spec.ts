import { type ComponentFixture, TestBed } from '@angular/core/testing';

import { ToastService } from '../../services/toast';
import { provideApplication } from '../../testing/providers';
import { ToastsComponent } from './toasts';

describe('ToastsComponent', () => {
  let fixture: ComponentFixture<ToastsComponent>;
  let element: HTMLElement;
  let service: ToastService;

  const shown = (): number => {
    fixture.detectChanges();
    return element.querySelectorAll('li').length;
  };

  beforeEach(() => {
    jasmine.clock().install();
    TestBed.configureTestingModule({ providers: provideApplication() });
    service = TestBed.inject(ToastService);
    fixture = TestBed.createComponent(ToastsComponent);
    element = fixture.nativeElement as HTMLElement;
    document.body.append(element);
    service.show('info', 'customer.saved');
  });

  afterEach(() => {
    element.remove();
    jasmine.clock().uninstall();
  });

  it('go after their time', () => {
    expect(shown()).toBe(1);
    jasmine.clock().tick(6_000);
    expect(shown()).toBe(0);
  });

  it('stay while the pointer is on one of them, also those that come meanwhile', () => {
    expect(shown()).toBe(1);
    element.dispatchEvent(new Event('mouseenter'));
    service.show('success', 'customer.saved');
    jasmine.clock().tick(60_000);
    expect(shown()).toBe(2);
    element.dispatchEvent(new Event('mouseleave'));
    jasmine.clock().tick(6_000);
    expect(shown()).toBe(0);
  });

  it('stay while one of them has the focus', () => {
    expect(shown()).toBe(1);
    const button = element.querySelector('button') as HTMLButtonElement;
    button.focus();
    jasmine.clock().tick(60_000);
    expect(shown()).toBe(1);
    button.blur();
    jasmine.clock().tick(6_000);
    expect(shown()).toBe(0);
  });
});
