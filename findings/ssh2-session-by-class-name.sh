#!/bin/sh
# ssh2 1.17.0 with esbuild 0.28.2 on Node.js: the server of ssh2 tells a session that has no command yet from a channel by the name of its class, `constructor.name === 'Session'` in lib/utils.js.
# `esbuild --minify` shortens the names of classes, so that the same program prints Session as it is and another name from its bundle, and that comparison never holds there: a server from such a
# bundle ended with a TypeError at that place, on a session of somebody who was logged in. With `--keep-names` it prints Session again.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts --omit=optional ssh2@1.17.0 >/dev/null
npm install --silent --no-audit --no-fund esbuild@0.28.2 >/dev/null
grep -q "constructor.name === 'Session'" node_modules/ssh2/lib/utils.js
cat >program.js <<'END'
const { Client, Server, utils } = require('ssh2');
const key = utils.generateKeyPairSync('ecdsa', { bits: 256 }).private;
const server = new Server({ hostKeys: [key] }, client => {
  client.on('authentication', one => one.accept());
  client.on('session', accept => {
    const session = accept();
    console.log(session.constructor.name);
    session.on('exec', take => {
      const channel = take();
      channel.exit(0);
      channel.end();
    });
  });
});
server.listen(0, '127.0.0.1', () => {
  const client = new Client();
  client.on('ready', () => client.exec('true', (_, channel) => channel.resume().on('close', () => client.end())));
  client.on('close', () => process.exit(0));
  client.connect({ host: '127.0.0.1', port: server.address().port, username: 'u', password: 'p' });
});
END
bundle() { npx esbuild program.js --bundle --platform=node --external:cpu-features '--external:*.node' --log-level=error "$@"; }
bundle --minify --outfile=minified.cjs
bundle --minify --keep-names --outfile=named.cjs
plain=$(node program.js) minified=$(node minified.cjs) named=$(node named.cjs)
echo "as it is: $plain; minified: $minified; minified with names kept: $named"
[ "$plain" = Session ] && [ "$minified" != Session ] && [ "$named" = Session ]
