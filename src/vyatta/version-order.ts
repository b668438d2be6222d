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

/** Text and numbers by turns; numbers by value, of any length. */
function compare(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a.charCodeAt(i))) || (j < b.length && !isDigit(b.charCodeAt(j)))) {
      const order = rank(a.charCodeAt(i)) - rank(b.charCodeAt(j));
      if (order !== 0) return order;
      i++;
      j++;
    }
    while (a.charCodeAt(i) === 48) i++;
    while (b.charCodeAt(j) === 48) j++;
    let first = 0;
    while (isDigit(a.charCodeAt(i)) && isDigit(b.charCodeAt(j))) {
      first ||= a.charCodeAt(i) - b.charCodeAt(j);
      i++;
      j++;
    }
    if (isDigit(a.charCodeAt(i))) return 1;
    if (isDigit(b.charCodeAt(j))) return -1;
    if (first !== 0) return first;
  }
  return 0;
}
