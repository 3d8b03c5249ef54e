// A file of its own, as the page's security policy allows no inline scripts.
window.SwaggerUIBundle({
  url: '/api/v2/openapi.json',
  dom_id: '#api',
  deepLinking: true,
  persistAuthorization: true,
  tryItOutEnabled: true,
});
