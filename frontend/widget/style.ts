/** The widget's look. Colours are named for what they are for, as in the desk's own styles. */
export const STYLE = `
/* Importance turns the order round: here it wins over whatever the page says of its elements. */
:host {
  all: initial !important; position: fixed !important; inset: auto 0 0 auto !important;
  z-index: 2147483000 !important; direction: ltr !important;
  --surface: #fff; --canvas: #f7f7f6; --line: #e0e0db; --ink: #1d1e20; --soft: #5b5e64;
  --accent: #0f6674; --on-accent: #fff; --red: #b3261e;
}
:host([data-theme='dark']) {
  --surface: #16181a; --canvas: #101113; --line: #33373c; --ink: #e8e9eb; --soft: #a9adb4;
  --accent: #1b7f8f; --red: #f39a92;
}
.frame {
  font: 15px/1.45 ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif;
  color: var(--ink); color-scheme: light;
}
:host([data-theme='dark']) .frame { color-scheme: dark; }
* { box-sizing: border-box; margin: 0; font: inherit; color: inherit; }
button { border: 0; background: none; cursor: pointer; padding: 0; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
[hidden] { display: none !important; }
svg { display: block; width: 24px; height: 24px; fill: none; stroke: currentcolor; stroke-width: 2;
  stroke-linecap: round; stroke-linejoin: round; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.launcher {
  position: fixed; right: 20px; bottom: max(20px, env(safe-area-inset-bottom));
  width: 56px; height: 56px; border-radius: 50%; display: grid; place-items: center;
  background: var(--accent); color: var(--on-accent); box-shadow: 0 4px 16px rgb(0 0 0 / .25);
}
.badge {
  position: absolute; top: -2px; right: -2px; min-width: 20px; height: 20px; padding: 0 5px;
  border-radius: 10px; background: #b3261e; color: #fff; font-size: 12px; line-height: 20px;
}
.panel {
  position: fixed; right: 20px; bottom: calc(max(20px, env(safe-area-inset-bottom)) + 68px);
  width: min(380px, calc(100vw - 40px)); height: min(600px, calc(100dvh - 120px));
  display: flex; flex-direction: column; overflow: hidden; border: 1px solid var(--line);
  border-radius: 16px; background: var(--surface); box-shadow: 0 12px 40px rgb(0 0 0 / .25);
}
header { display: flex; align-items: center; gap: 8px; padding: 12px 12px 12px 16px;
  background: var(--accent); color: var(--on-accent); }
header :focus-visible { outline-color: currentcolor; }
h2 { flex: 1; font-weight: 600; }
.icon { width: 36px; height: 36px; display: grid; place-items: center; border-radius: 8px; }
.log { flex: 1; overflow-y: auto; overscroll-behavior: contain; padding: 16px 14px;
  background: var(--canvas); }
ol { list-style: none; padding: 0; display: flex; flex-direction: column; gap: 8px; }
li { display: flex; flex-direction: column; align-items: flex-start; max-width: 86%; }
li.mine { align-self: flex-end; align-items: flex-end; }
.text { padding: 8px 12px; border-radius: 14px 14px 14px 4px; background: var(--surface);
  border: 1px solid var(--line); white-space: pre-wrap; overflow-wrap: anywhere; }
.mine .text { border-radius: 14px 14px 4px 14px; background: var(--accent);
  border-color: var(--accent); color: var(--on-accent); }
.pending .text { opacity: .7; }
.meta { padding: 2px 4px 0; font-size: 12px; color: var(--soft); }
.failed { color: var(--red); text-decoration: underline; }
.greeting { padding: 8px 4px 16px; color: var(--soft); }
.notice { padding: 6px 14px; font-size: 13px; color: var(--soft); background: var(--canvas);
  border-top: 1px solid var(--line); }
.dots { display: flex; gap: 4px; padding: 5px 0; }
.dots i { width: 6px; height: 6px; border-radius: 50%; background: var(--soft);
  animation: dots 1.2s infinite; }
.dots i:nth-child(2) { animation-delay: .15s; }
.dots i:nth-child(3) { animation-delay: .3s; }
@keyframes dots { 0%, 60%, 100% { opacity: .3 } 30% { opacity: 1 } }
form { display: flex; align-items: flex-end; gap: 8px; padding: 10px;
  border-top: 1px solid var(--line); }
textarea { flex: 1; resize: none; max-height: 140px; padding: 9px 12px; border-radius: 12px;
  border: 1px solid var(--soft); background: var(--surface); font-size: 16px; line-height: 1.35; }
textarea::placeholder { color: var(--soft); opacity: 1; }
.send { width: 42px; height: 42px; border-radius: 12px; background: var(--accent);
  color: var(--on-accent); display: grid; place-items: center; flex: none; }
@media (max-width: 480px) {
  .panel { inset: 0; width: 100%; height: 100dvh; border: 0; border-radius: 0;
    padding-bottom: env(safe-area-inset-bottom); }
  .open .launcher { display: none; }
}
@media print { .frame { display: none; } }
@media (prefers-reduced-motion: reduce) { .dots i { animation: none; } }
`;
