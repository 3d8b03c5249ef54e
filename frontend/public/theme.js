// Keep in step with services/core/theme.ts, which takes over once the application has started.
(function () {
  var choice = null;
  try {
    choice = localStorage.getItem('mostrador.theme');
  } catch {
    // Storage can be blocked: the system's preference decides then.
  }
  var dark =
    choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
