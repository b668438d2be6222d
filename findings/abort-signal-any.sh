#!/usr/bin/env bash
# Node.js: a signal of AbortSignal.any forgets an AbortSignal.timeout among its sources when the garbage is collected, and then never aborts.
# https://nodejs.org/docs/latest-v20.x/api/globals.html#static-method-abortsignalanysignals promises that it aborts when any of them does.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-fund --no-audit --foreground-scripts=false node@20.19.5 >/dev/null 2>&1
cat >any.mjs <<'END'
const run = (name, make) =>
  new Promise(resolve => {
    const signal = make();
    const busy = setInterval(() => globalThis.gc(), 20);
    const done = word => { clearInterval(busy); clearTimeout(late); resolve(`${name}: ${word}`); };
    const late = setTimeout(() => done('never aborted'), 2000);
    signal.addEventListener('abort', () => done('aborted'));
  });
console.log(process.version);
console.log(await run('AbortSignal.timeout(300)', () => AbortSignal.timeout(300)));
console.log(await run('AbortSignal.any([AbortSignal.timeout(300)])', () => AbortSignal.any([AbortSignal.timeout(300)])));
END
said=$(./node_modules/.bin/node --expose-gc any.mjs)
printf '%s\n' "$said"
[ "$said" = 'v20.19.5
AbortSignal.timeout(300): aborted
AbortSignal.any([AbortSignal.timeout(300)]): never aborted' ]
