#!/usr/bin/env node
// CommonJS, as the bundle is: Node.js then starts without its loader of modules.
try {
  require('../dist/bundle/main.cjs');
} catch (error) {
  if (error.code !== 'MODULE_NOT_FOUND' || !String(error.message).includes('dist/bundle/main.cjs'))
    throw error;
  process.stderr.write(
    'edgewg: this copy is not built\n    hint: in a clone: npm ci && npm run build; a package of it: npm ci && npm run package\n',
  );
  process.exitCode = 1;
}
