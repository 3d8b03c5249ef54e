import { provideHttpClient, withInterceptors } from '@angular/common/http';
import { provideHttpClientTesting } from '@angular/common/http/testing';
import { type EnvironmentProviders, importProvidersFrom, type Provider } from '@angular/core';
import { provideRouter } from '@angular/router';
import { provideTranslocoTranspiler, TranslocoTestingModule } from '@jsverse/transloco';

import { apiInterceptor } from '../services/core/api-interceptor';
import { MessageTranspiler } from '../services/core/messages';
import { SocketService } from '../services/socket';
import en from '../../i18n/en.json';
import es from '../../i18n/es.json';
import { FakeSocket } from './fake-socket';

/** Provides the real application without the server: the test answers HTTP and sends events. */
export function provideApplication(): (Provider | EnvironmentProviders)[] {
  return [
    provideHttpClient(withInterceptors([apiInterceptor])),
    provideHttpClientTesting(),
    provideRouter([]),
    { provide: SocketService, useClass: FakeSocket },
    importProvidersFrom(
      TranslocoTestingModule.forRoot({
        langs: { en, es },
        translocoConfig: { availableLangs: ['en', 'es'], defaultLang: 'en' },
        preloadLangs: true,
      }),
    ),
    provideTranslocoTranspiler(MessageTranspiler),
  ];
}
