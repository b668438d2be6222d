#!/bin/sh
# wireguard-tools 0.1.0 (npm): of several `AllowedIPs` lines of a [Peer], or `Address` lines of an [Interface], which wg(8) and wg-quick(8) allow, it keeps the first and loses the rest without a
# word; an `Endpoint` with an IPv6 address in brackets is lost too. Of several `PostUp` lines it keeps all. What it reads and writes again is another tunnel.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts wireguard-tools@0.1.0 >/dev/null
cat >wg0.conf <<'END'
[Interface]
PrivateKey = yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=
Address = 10.9.0.1/24
Address = 2001:db8:9::1/64
PostUp = ip rule add to 10.8.0.0/16 lookup 77
PostUp = ip rule add to 10.7.0.0/16 lookup 77

[Peer]
PublicKey = xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=
AllowedIPs = 10.5.0.0/16
AllowedIPs = 10.6.0.0/16
Endpoint = [2001:db8::1]:51820
END
cat >run.js <<'END'
const assert = require('node:assert');
const { WgConfig } = require('wireguard-tools');
const config = new WgConfig({ filePath: 'wg0.conf' });
config.parseFile().then(() => {
  const text = config.toString();
  console.log(text);
  const [peer] = config.peers;
  assert.deepStrictEqual(config.wgInterface.address, ['10.9.0.1/24']);
  assert.strictEqual(config.wgInterface.postUp.length, 2);
  assert.deepStrictEqual(peer.allowedIps, ['10.5.0.0/16']);
  assert.ok(!text.includes('10.6.0.0/16') && !text.includes('2001:db8'));
});
END
node run.js
