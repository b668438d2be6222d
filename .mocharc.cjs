const { availableParallelism } = require('node:os');

module.exports = {
  // the fast suite: a folder of tests for each room of src; the long suites have scripts of their own
  spec: ['dist/test/**/*.test.js'],
  ignore: ['e2e', 'faults', 'long', 'packets', 'review'].map(suite => `dist/test/${suite}/**`),
  require: ['./test/worker-coverage.cjs'],
  'node-option': ['enable-source-maps'],
  timeout: 60_000,
  // every file looks after itself: temporary folders, free ports
  parallel: true,
  jobs: Math.max(2, availableParallelism()),
};
