import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import { merge, type Observable, Subject, tap } from 'rxjs';

import type { Customer, CustomerCreate, CustomerList, CustomerUpdate } from '../api/schema';
import { type Loadable, loadable } from './core/loadable';
import { SocketService } from './socket';
import { type ListQuery, toParams } from './core/query';

const API = '/api/v2/customers';

@Injectable({ providedIn: 'root' })
export class CustomerService {
  private readonly http = inject(HttpClient);
  private readonly socket = inject(SocketService);
  private readonly reloadSubject = new Subject<void>();

  list$(query: ListQuery): Observable<Loadable<CustomerList>> {
    return loadable(this.refresh$(), () => this.search(query));
  }

  search(query: ListQuery): Observable<CustomerList> {
    return this.http.get<CustomerList>(API, { params: toParams(query) });
  }

  customer$(customerId: string): Observable<Loadable<Customer>> {
    return loadable(this.refresh$(), () => this.http.get<Customer>(`${API}/${customerId}`));
  }

  create(fields: CustomerCreate): Observable<Customer> {
    return this.http.post<Customer>(API, fields).pipe(tap(() => this.reload()));
  }

  update(customerId: string, fields: CustomerUpdate): Observable<Customer> {
    return this.http.put<Customer>(`${API}/${customerId}`, fields).pipe(tap(() => this.reload()));
  }

  reload(): void {
    this.reloadSubject.next();
  }

  private refresh$(): Observable<unknown> {
    return merge(this.socket.fetchNow$, this.reloadSubject);
  }
}
