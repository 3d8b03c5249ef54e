import { provideZonelessChangeDetection } from '@angular/core';
import { type ComponentFixture, TestBed } from '@angular/core/testing';

import type { Customer, CustomerUpdate } from '../../../api/schema';
import { provideApplication } from '../../../testing/providers';
import { CustomerDetailsComponent } from './customer-details';

const LUCIA = {
  customerId: 'customer-1',
  name: 'Lucía Ferrer',
  phone: '+34612345678',
  whatsappUserId: null,
  email: null,
  createdAt: '2026-11-20T10:00:00Z',
  identities: [],
  statistics: { openTickets: 0, totalTickets: 0 },
} as unknown as Customer;

describe('CustomerDetailsComponent', () => {
  let fixture: ComponentFixture<CustomerDetailsComponent>;
  let saved: CustomerUpdate[];

  const field = (name: string): HTMLInputElement =>
    (fixture.nativeElement as HTMLElement).querySelector(`#customer-${name}`) as HTMLInputElement;

  async function show(customer: Customer): Promise<void> {
    fixture.componentRef.setInput('customer', customer);
    await fixture.whenStable();
  }

  async function save(name: string, value: string): Promise<void> {
    field(name).value = value;
    field(name).dispatchEvent(new Event('input'));
    await fixture.whenStable();
    field(name).form?.dispatchEvent(new Event('submit'));
    await fixture.whenStable();
  }

  beforeEach(async () => {
    TestBed.configureTestingModule({
      providers: [provideZonelessChangeDetection(), ...provideApplication()],
    });
    fixture = TestBed.createComponent(CustomerDetailsComponent);
    saved = [];
    fixture.componentInstance.save.subscribe((changes) => saved.push(changes));
    await show(LUCIA);
  });

  it('keeps a correction that could not be stored, whatever is fetched meanwhile', async () => {
    await save('name', 'Lucía Ferrer Gil');
    expect(saved).toEqual([{ name: 'Lucía Ferrer Gil' }]);
    await show({ ...LUCIA, email: 'lucia@example.test' });
    expect(field('name').value).toBe('Lucía Ferrer Gil');

    await save('name', 'Lucía Ferrer Gil');
    expect(saved[1]).toEqual({ name: 'Lucía Ferrer Gil' }); // and nothing of a colleague's
  });

  it('follows again once it is stored', async () => {
    await save('name', 'Lucía Ferrer Gil');
    await show({ ...LUCIA, name: 'Lucía Ferrer Gil' });
    await show({ ...LUCIA, name: 'Lucía F. Gil' });
    expect(field('name').value).toBe('Lucía F. Gil');
  });

  it('takes no phone for a web visitor, whose word alone it would be', async () => {
    expect(field('phone').readOnly).toBeFalse();
    await show({ ...LUCIA, phone: null });
    expect(field('phone').readOnly).toBeTrue();
    expect((fixture.nativeElement as HTMLElement).textContent).toContain('not verified');
  });
});
