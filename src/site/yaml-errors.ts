// The YAML library's errors in this program's words. The library quotes what it stumbles over, which may be a secret:
// its own message is never passed on.
import type { ErrorCode, YAMLError } from 'yaml';
import type { Finding } from './text.ts';

const inQuotes = 'put the value in quotes';

const sentences: Record<ErrorCode, readonly [message: string, hint: string]> = {
  ALIAS_PROPS: ['an alias has a tag or an anchor', 'write the value out in place of the alias'],
  BAD_ALIAS: ['this is not an alias', inQuotes],
  BAD_COLLECTION_TYPE: ['this tag does not fit its value', 'remove the tag'],
  BAD_DIRECTIVE: ['this is not a directive', 'remove the line'],
  BAD_DQ_ESCAPE: ['inside double quotes a backslash begins an escape, and this is none', 'use single quotes'],
  BAD_INDENT: [
    'the indentation fits no line above',
    'give the keys of one map, or the items of one list, the same indentation',
  ],
  BAD_PROP_ORDER: ['a tag or an anchor stands in the wrong place', 'remove it'],
  BAD_SCALAR_START: ['a value without quotes cannot begin with this character', inQuotes],
  BLOCK_AS_IMPLICIT_KEY: [
    'two keys on one line',
    'put a value that holds `: ` in quotes, or the second key on a line of its own',
  ],
  BLOCK_IN_FLOW: ['a block cannot begin inside brackets or braces', 'close the bracket first'],
  DUPLICATE_KEY: ['this key stands here twice', 'keep one'],
  IMPOSSIBLE: ['this cannot be read as YAML', 'rewrite the line'],
  KEY_OVER_1024_CHARS: ['a key has more than 1024 characters', 'is a quote or a line break missing?'],
  MISSING_CHAR: [
    'something is missing here: a comma, a colon, a bracket, a quote, or a blank before #',
    'close what is open',
  ],
  MULTILINE_IMPLICIT_KEY: ['a key goes on over a line end', 'is a `: ` or a quote missing?'],
  MULTIPLE_ANCHORS: ['two anchors on one value', 'remove them'],
  MULTIPLE_DOCS: ['a second document begins here', 'keep one document in a file'],
  MULTIPLE_TAGS: ['two tags on one value', 'remove them'],
  NON_STRING_KEY: ['a key must be a text', 'put the key in quotes'],
  RESOURCE_EXHAUSTION: ['the file is nested too deep', 'close what is open'],
  TAB_AS_INDENT: ['a tab is used as indentation', 'indent with spaces'],
  TAG_RESOLVE_FAILED: ['a tag is used', 'remove it: a site file has no tags'],
  UNEXPECTED_TOKEN: ['this has no place here', 'is a quote, a comma or a line break missing before it?'],
};

/** Where one code stands for several mistakes: a word of the library's message tells them apart. */
const finer: readonly (readonly [ErrorCode, RegExp, message: string, hint: string])[] = [
  [
    'BAD_INDENT',
    /and end with a/,
    'a bracket or brace is not closed, or closed too far to the left',
    'close it',
  ],
  ['MISSING_CHAR', /quote$/, 'a quote that begins above is not closed', 'close it'],
  [
    'MISSING_CHAR',
    /^Comments/,
    'a comment needs a blank before its #',
    'add the blank, or put the value in quotes',
  ],
  ['MISSING_CHAR', /^Implicit map keys/, 'a key without a colon', 'write `key: value`'],
  ['MISSING_CHAR', /^Missing ,/, 'a comma is missing', 'put a comma between two items'],
  ['MISSING_CHAR', /^Missing space/, 'a blank is missing after the colon', 'write `key: value`'],
];

export function yamlFinding(error: YAMLError): Finding {
  const match = finer.find(([code, pattern]) => code === error.code && pattern.test(error.message));
  const [message, hint] = match === undefined ? sentences[error.code] : [match[2], match[3]];
  const [from, to] = error.pos;
  return { span: [from, Math.max(to, from + 1)], code: 'yaml', message, hint };
}
