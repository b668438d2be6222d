// Puts the router's shell scripts beside the compiled code that reads them.
import { cpSync } from 'node:fs';

cpSync('src/router/scripts', 'dist/src/router/scripts', { recursive: true });
