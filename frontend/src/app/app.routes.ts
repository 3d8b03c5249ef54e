import type { Routes } from '@angular/router';

import { adminsOnly, agentsOnly } from './services/core/auth-guard';

/** The site map. Titles are translation keys. */
export const routes: Routes = [
  {
    path: 'login',
    title: 'title.login',
    loadComponent: () => import('./pages/login/login-page').then((page) => page.LoginPage),
  },
  {
    path: 'setup',
    title: 'title.setup',
    loadComponent: () => import('./pages/setup/setup-page').then((page) => page.SetupPage),
  },
  {
    path: 'demo/chat',
    title: 'title.demo',
    loadComponent: () =>
      import('./pages/demo-chat/demo-chat-page').then((page) => page.DemoChatPage),
  },
  {
    path: '',
    canActivate: [agentsOnly],
    loadComponent: () =>
      import('./components/layout/shell/shell').then((layout) => layout.ShellComponent),
    children: [
      { path: '', pathMatch: 'full', redirectTo: 'dashboard' },
      {
        path: 'dashboard',
        title: 'title.dashboard',
        loadComponent: () =>
          import('./pages/dashboard/dashboard-page').then((page) => page.DashboardPage),
      },
      {
        path: 'tickets',
        title: 'title.tickets',
        loadComponent: () =>
          import('./pages/ticket-list/ticket-list-page').then((page) => page.TicketListPage),
      },
      {
        path: 'tickets/new',
        title: 'title.new_ticket',
        loadComponent: () =>
          import('./pages/ticket-form/ticket-form-page').then((page) => page.TicketFormPage),
      },
      {
        path: 'tickets/board',
        title: 'title.tickets',
        loadComponent: () =>
          import('./pages/ticket-board/ticket-board-page').then((page) => page.TicketBoardPage),
      },
      {
        path: 'tickets/:ticketId',
        title: (route) => route.params['ticketId'] as string,
        loadComponent: () =>
          import('./pages/ticket-detail/ticket-detail-page').then((page) => page.TicketDetailPage),
      },
      {
        path: 'customers',
        title: 'title.customers',
        loadComponent: () =>
          import('./pages/customer-list/customer-list-page').then((page) => page.CustomerListPage),
      },
      {
        path: 'customers/:customerId',
        title: 'title.customer',
        loadComponent: () =>
          import('./pages/customer/customer-page').then((page) => page.CustomerPage),
      },
      {
        path: 'agents',
        title: 'title.agents',
        canActivate: [adminsOnly],
        loadComponent: () => import('./pages/agents/agents-page').then((page) => page.AgentsPage),
      },
      {
        path: 'conversations',
        title: 'title.conversations',
        loadComponent: () =>
          import('./pages/conversation-list/conversation-list-page').then(
            (page) => page.ConversationListPage,
          ),
      },
      {
        path: 'conversations/:conversationId',
        title: 'title.conversation',
        loadComponent: () =>
          import('./pages/conversation/conversation-page').then((page) => page.ConversationPage),
      },
    ],
  },
  {
    path: '**',
    title: 'title.not_found',
    loadComponent: () =>
      import('./pages/not-found/not-found-page').then((page) => page.NotFoundPage),
  },
];
