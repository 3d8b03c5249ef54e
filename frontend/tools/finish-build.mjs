// What the Angular builder leaves to do: the web chat for other sites, Swagger UI beside the page that
// uses it (assets from outside frontend/ are not taken), and a .br beside every text file, so that the
// server compresses nothing.
import { build } from 'esbuild';
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { brotliCompress, constants } from 'node:zlib';
import { promisify } from 'node:util';

const root = 'dist/mostrador/browser';
const swagger = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
for (const name of ['swagger-ui.css', 'swagger-ui-bundle.js']) {
  await copyFile(join(swagger, name), join(root, 'api-docs', name));
}

await build({
  entryPoints: ['widget/main.ts'],
  outfile: join(root, 'widget.js'),
  bundle: true,
  minify: true,
  target: 'es2022',
});

const compressible = /\.(js|css|html|json|svg|txt|webmanifest)$/;
const compress = promisify(brotliCompress);
const options = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };

const files = (await readdir(root, { recursive: true })).filter((name) => compressible.test(name));
for (const name of files) {
  const path = join(root, name);
  await writeFile(`${path}.br`, await compress(await readFile(path), options));
}
console.log(`Compressed ${files.length} files`);
