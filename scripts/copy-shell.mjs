// Puts the router's shell scripts, and the templates of CI files, beside the compiled code that reads them.
import { cpSync } from 'node:fs';

for (const folder of ['router/scripts', 'lab/files', 'ci/files'])
  cpSync(`src/${folder}`, `dist/src/${folder}`, { recursive: true });
