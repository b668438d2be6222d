#!/usr/bin/env node
// CommonJS, as the bundle is: Node.js then starts without its loader of modules.
require('../dist/bundle/main.cjs');
