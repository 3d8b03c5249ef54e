// Writes a .br beside every text file of the build, so that the server compresses nothing per request.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompress, constants } from 'node:zlib';
import { promisify } from 'node:util';

const root = 'dist/mostrador/browser';
const compressible = /\.(js|css|html|json|svg|txt|webmanifest)$/;
const compress = promisify(brotliCompress);
const options = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };

const files = (await readdir(root, { recursive: true })).filter((name) => compressible.test(name));
for (const name of files) {
  const path = join(root, name);
  await writeFile(`${path}.br`, await compress(await readFile(path), options));
}
console.log(`Compressed ${files.length} files`);
