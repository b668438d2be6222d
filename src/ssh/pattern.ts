// ssh's patterns: `*` is any text, `?` exactly one character, a list is comma separated and `!` negates (ssh_config(5),
// PATTERNS). Written without regular expressions, because patterns come from files that others may write.

/** Whether the text matches one pattern; the time is at most the product of both lengths. */
export function matchesPattern(text: string, pattern: string): boolean {
  let t = 0;
  let p = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

/** Whether some pattern matches and none of the negated ones does. */
export function matchesList(text: string, patterns: readonly string[]): boolean {
  let found = false;
  for (const pattern of patterns) {
    if (pattern.startsWith('!')) {
      if (matchesPattern(text, pattern.slice(1))) return false;
    } else found ||= matchesPattern(text, pattern);
  }
  return found;
}
