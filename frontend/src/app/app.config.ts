import { provideHttpClient, withInterceptors } from '@angular/common/http';
import {
  type ApplicationConfig,
  inject,
  isDevMode,
  provideAppInitializer,
  provideBrowserGlobalErrorListeners,
} from '@angular/core';
import {
  provideRouter,
  TitleStrategy,
  withComponentInputBinding,
  withEnabledBlockingInitialNavigation,
  withInMemoryScrolling,
  withNavigationErrorHandler,
  withPreloading,
} from '@angular/router';
import { provideTransloco, provideTranslocoTranspiler, TranslocoService } from '@jsverse/transloco';
import { provideNgIconsConfig, withContentSecurityPolicy } from '@ng-icons/core';

import { routes } from './app.routes';
import { apiInterceptor } from './services/core/api-interceptor';
import {
  CatalogueLoader,
  LanguageService,
  LANGUAGES,
  preferredLanguage,
} from './services/core/language';
import { MessageTranspiler } from './services/core/messages';
import { pageFailed, PagePreloader } from './services/core/page-preloader';
import { PageTitleStrategy } from './services/core/page-title';

export const appConfig: ApplicationConfig = {
  providers: [
    provideBrowserGlobalErrorListeners(),
    provideHttpClient(withInterceptors([apiInterceptor])),
    provideRouter(
      routes,
      withComponentInputBinding(),
      withInMemoryScrolling({ scrollPositionRestoration: 'enabled' }),
      withPreloading(PagePreloader),
      withNavigationErrorHandler(pageFailed),
      // The session and the page's code are fetched while the catalogue loads.
      withEnabledBlockingInitialNavigation(),
    ),
    // Icons carry style attributes, which the page's policy forbids in markup.
    provideNgIconsConfig({}, withContentSecurityPolicy()),
    provideTransloco({
      config: {
        availableLangs: [...LANGUAGES],
        defaultLang: preferredLanguage(),
        reRenderOnLangChange: true,
        prodMode: !isDevMode(),
      },
      loader: CatalogueLoader,
    }),
    provideTranslocoTranspiler(MessageTranspiler),
    // The catalogue is loaded before the first page, so that no screen shows a key.
    provideAppInitializer(() => {
      inject(LanguageService);
      return inject(TranslocoService).load(preferredLanguage());
    }),
    { provide: TitleStrategy, useExisting: PageTitleStrategy },
  ],
};
