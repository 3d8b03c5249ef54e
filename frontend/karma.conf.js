// Run by `npm test`. CHROME_BIN must be the browser itself, not Debian's wrapper script around it:
// Karma ends the process it started, and the wrapper would leave the browser behind.
process.env.CHROME_BIN ??= '/usr/lib/chromium/chromium-headless-shell';

module.exports = (config) => {
  config.set({
    frameworks: ['jasmine'],
    plugins: [require('karma-jasmine'), require('karma-chrome-launcher')],
    client: { jasmine: { random: true, failSpecWithNoExpectations: true } },
    reporters: ['dots'],
    hostname: '127.0.0.1',
    listenAddress: '127.0.0.1',
    browsers: ['Headless'],
    customLaunchers: {
      Headless: {
        base: 'ChromeHeadless',
        flags: [
          '--no-sandbox',
          '--disable-gpu',
          '--disable-dev-shm-usage',
          '--disable-background-networking',
        ],
      },
    },
    restartOnFileChange: true,
  });
};
