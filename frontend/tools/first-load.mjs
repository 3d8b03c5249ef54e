// What a browser with an empty cache loads before people can sign in, and before they see their
// tickets: the build fails when that grows beyond its limit.
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** Compressed JavaScript in kB. */
const PAGES = {
  login: { limit: 100, entries: ['login-page'] },
  // The socket's client comes along with the shell; its package calls the module "esm".
  'ticket list': { limit: 150, entries: ['shell', 'ticket-list-page', 'esm'] },
};
/** Each page also loads the start, the theme, and the larger of the two catalogues at most. */
const ALWAYS = ['main', 'es'];
const THEME = 'theme.js';

/** Prints what each page loads. Throws when it is too much. */
export async function checkFirstLoad(root, chunks) {
  for (const [page, { limit, entries }] of Object.entries(PAGES)) {
    const files = new Set([THEME]);
    for (const name of [...ALWAYS, ...entries]) addWithImports(files, entry(chunks, name), chunks);
    let bytes = 0;
    for (const name of files) bytes += (await stat(join(root, `${name}.br`))).size;
    const text = `${page} loads ${(bytes / 1000).toFixed(1)} kB of JavaScript in ${files.size} files`;
    if (bytes > limit * 1000) throw new Error(`The ${text}, the limit is ${limit} kB`);
    console.log(`The ${text} (limit ${limit} kB)`);
  }
}

function entry(chunks, name) {
  const found = chunks.find((chunk) => basename(chunk.facadeModuleId ?? '').startsWith(`${name}-`));
  if (!found) throw new Error(`No file of the build is named ${name}`);
  return found;
}

function addWithImports(files, chunk, chunks) {
  if (files.has(chunk.fileName)) return;
  files.add(chunk.fileName);
  for (const name of chunk.imports) {
    addWithImports(
      files,
      chunks.find(({ fileName }) => fileName === name),
      chunks,
    );
  }
}
