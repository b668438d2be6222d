// The order in which the router lists the children of a node: Debian's order of package versions, applied to any word.
// So `rule 9` comes before `rule 10`, `SOURCE_ROUTE` before `balance`, `ipv6-name` before `ip-src-route`, and `http-port`
// before `https-port`, since what follows the last dash counts as the revision (docs/edgeos.md 'Printed commands'; seen in all of the corpus).

/** For `sort`: negative when `a` comes first. */
export function byVersion(a: string, b: string): number {
  const x = parts(a);
  const y = parts(b);
  return compare(x.epoch, y.epoch) || compare(x.upstream, y.upstream) || compare(x.revision, y.revision);
}

function parts(word: string): { epoch: string; upstream: string; revision: string } {
  const colon = word.indexOf(':');
  const dash = word.lastIndexOf('-');
  const end = dash > colon ? dash : word.length;
  return {
    epoch: colon === -1 ? '' : word.slice(0, colon),
    upstream: word.slice(colon + 1, end),
    revision: word.slice(end + 1),
  };
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** `~` before the end, the end (or a digit) before letters, letters before everything else. */
function rank(code: number): number {
  if (Number.isNaN(code) || isDigit(code)) return 0;
  if (code === 126) return -1;
  const isLetter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
  return isLetter ? code : code + 256;
}

/** Text and numbers by turns, the text first; there is always an even number of parts. */
const partsOf = (word: string): string[] => word.split(/(\d+)/).concat('');

/** Text and numbers by turns; numbers by value, of any length. */
function compare(a: string, b: string): number {
  const [one, other] = [partsOf(a), partsOf(b)];
  for (let i = 0; i < Math.max(one.length, other.length); i++) {
    const [x, y] = [one[i] ?? '', other[i] ?? ''];
    const order = i % 2 === 0 ? compareTexts(x, y) : compareNumbers(x, y);
    if (order !== 0) return order;
  }
  return 0;
}

function compareTexts(a: string, b: string): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const order = rank(a.charCodeAt(i)) - rank(b.charCodeAt(i));
    if (order !== 0) return order;
  }
  return 0;
}

function compareNumbers(a: string, b: string): number {
  const [x, y] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return x.length - y.length || (x < y ? -1 : x > y ? 1 : 0);
}
