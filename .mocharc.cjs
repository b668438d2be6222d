const { availableParallelism } = require('node:os');

module.exports = {
  spec: ['dist/test/*.test.js'],
  'node-option': ['enable-source-maps'],
  timeout: 60_000,
  // every file looks after itself: temporary folders, free ports
  parallel: true,
  jobs: Math.max(2, availableParallelism()),
};
