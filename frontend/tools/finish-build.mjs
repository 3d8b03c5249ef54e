// What the Angular builder leaves to do: few files in place of dozens of small ones, the web chat for
// other sites, Swagger UI beside the page that uses it (assets from outside frontend/ are not taken), and
// a .br beside every text file, so that the server compresses nothing.
import { copyFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { brotliCompress, constants } from 'node:zlib';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';

import { checkFirstLoad } from './first-load.mjs';

const root = 'dist/mostrador/browser';

const chunks = await mergeChunks();
await bundle('widget/main.ts', { file: join(root, 'widget.js'), format: 'iife', minify: true });
const swagger = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
for (const name of ['swagger-ui.css', 'swagger-ui-bundle.js']) {
  await copyFile(join(swagger, name), join(root, 'api-docs', name));
}
await compress();
await checkFirstLoad(root, chunks);

/**
 * The builder makes a file of whatever the same pages share: fifty requests until the ticket list
 * stands. Here each page is one file, and what pages share are four: what the start and the
 * login page need, which the page asks for along with it, what the shell needs, what the ticket
 * list needs, and the rest.
 */
async function mergeChunks() {
  const built = (await readdir(root)).filter((name) => name.endsWith('.js') && name !== 'theme.js');
  const main = built.find((name) => name.startsWith('main-'));
  const merged = await bundle(join(root, main), {
    dir: root,
    hashCharacters: 'base36',
    entryFileNames: 'main-[hash].js',
    chunkFileNames: '[name]-[hash].js',
    minify: true, // names that clash got longer ones
    codeSplitting: { groups: await groups(built) },
  });
  for (const name of built) await rm(join(root, name));

  const entry = merged.find((chunk) => chunk.isEntry);
  const preload = entry.imports.map((name) => `<link rel="modulepreload" href="${name}">`);
  const page = join(root, 'index.html');
  const html = (await readFile(page, 'utf8'))
    .replaceAll(/<link rel="modulepreload"[^>]*>/g, '')
    .replace('</head>', `${preload.join('')}</head>`)
    .replace(main, entry.fileName);
  await writeFile(page, html);
  return merged.filter(({ type }) => type === 'chunk');
}

/** Names the file that a shared chunk goes to. */
async function groups(built) {
  const imports = new Map();
  for (const name of built) {
    const code = await readFile(join(root, name), 'utf8');
    imports.set(
      name,
      [...code.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)].map(([, to]) => to),
    );
  }
  const needs = (name, all = new Set()) => {
    if (!all.has(name)) for (const next of imports.get(all.add(name) && name)) needs(next, all);
    return all;
  };
  const pages = { start: ['main', 'login-page'], shell: ['shell'], lists: ['ticket-list-page'] };
  const groups = Object.entries(pages).map(([name, entries], order) => {
    const all = new Set();
    for (const entry of entries)
      needs(
        built.find((file) => file.startsWith(`${entry}-`)),
        all,
      );
    return { name, test: (id) => all.has(basename(id)), minShareCount: 2, priority: 9 - order };
  });
  return [...groups, { name: 'shared', minShareCount: 2 }];
}

async function bundle(input, output) {
  const bundling = await rolldown({ input, transform: { target: 'es2022' } });
  try {
    return (await bundling.write(output)).output;
  } finally {
    await bundling.close();
  }
}

async function compress() {
  const compressible = /\.(js|css|html|json|svg|txt|webmanifest)$/;
  const brotli = promisify(brotliCompress);
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  const names = (await readdir(root, { recursive: true })).filter((name) =>
    compressible.test(name),
  );
  for (const name of names) {
    const path = join(root, name);
    await writeFile(`${path}.br`, await brotli(await readFile(path), options));
  }
  console.log(`Compressed ${names.length} files`);
}
