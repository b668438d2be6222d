#!/bin/sh
# ip-num 1.6.2 (npm): RangedSet's `subtract` doesn't take away: of 10.0.0.0-10.0.0.255 less 10.0.0.64-10.0.0.127 it gives 10.0.0.0-10.0.0.127, which has all that was to go and lacks the upper half;
# and of the same range less its lower half it throws that the range is larger. `difference` gives what is left, as a list.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts ip-num@1.6.2 >/dev/null
cat >run.cjs <<'END'
const assert = require('node:assert');
const { IPv4CidrRange, RangedSet } = require('ip-num');
const set = text => RangedSet.fromCidrRange(IPv4CidrRange.fromCidr(text));
const text = ranges => ranges.map(range => range.toRangeString()).join(', ');
const less = set('10.0.0.0/24').subtract(set('10.0.0.64/26')).toRangeString();
console.log('subtract:', less);
assert.strictEqual(less, '10.0.0.0-10.0.0.127');
assert.throws(() => set('10.0.0.0/24').subtract(set('10.0.0.0/25')), /larger range/);
const left = text(set('10.0.0.0/24').difference(set('10.0.0.64/26')));
console.log('difference:', left);
assert.strictEqual(left, '10.0.0.0-10.0.0.63, 10.0.0.128-10.0.0.255');
END
node run.cjs
