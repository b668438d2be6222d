// YAML as far as a site file needs it: maps, lists, texts, numbers, true and false. No tags, anchors, aliases, merge
// keys, directives or second documents. Gives plain data, and beside it where every key and value stands.
import { Composer, type CST, type Document, Lexer, Parser } from 'yaml';
import { convert, type Spot, spotOf } from './nodes.ts';
import type { Finding, Span } from './text.ts';
import { yamlFinding } from './yaml-errors.ts';

export interface Comment {
  readonly span: Span;
  /** Without the `#`. */
  readonly text: string;
}

export interface ReadYaml {
  /** Undefined when the text has no value that could be looked at. */
  readonly data: unknown;
  readonly spots: Spot;
  readonly comments: readonly Comment[];
  readonly findings: Finding[];
}

/** A site file nests 7 deep; the reader's stack holds about one entry per level. */
const depthLimit = 24;

/** Reads a text that {@link decode} let through. Never throws: what is wrong is in `findings`. */
export function readYaml(text: string): ReadYaml {
  const nothing = spotOf([0, Math.max(1, text.length)]);
  const { tokens, comments, finding } = tokenize(text);
  if (finding !== undefined) return { data: undefined, spots: nothing, comments, findings: [finding] };
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    uniqueKeys: false,
    prettyErrors: false,
    strict: true,
    keepSourceTokens: false,
  });
  const documents: Document.Parsed[] = [];
  for (const document of composer.compose(tokens, true, text.length)) if (documents.push(document) > 1) break;
  const [document, second] = documents;
  const findings = (document?.errors ?? []).map(yamlFinding);
  if (second !== undefined) findings.push(secondDocument(second));
  const contents = document?.contents ?? null;
  if (contents === null || findings.length > 0) {
    if (findings.length === 0) findings.push(empty(text));
    return { data: undefined, spots: nothing, comments, findings };
  }
  const { data, spot } = convert(contents, text, findings);
  return { data, spots: spot, comments, findings };
}

const zeroWidth = new Set(['\x02', '\x18', '\x1f']);

/**
 * The tokens of the text, by the library's own lexer and parser, one lexeme at a time: nesting is limited before
 * anything recursive sees it, since a thousand braces overflow the composer's stack and take the process with it.
 */
function tokenize(text: string): { tokens: CST.Token[]; comments: Comment[]; finding?: Finding } {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  const comments: Comment[] = [];
  let at = 0;
  let inScalar = false;
  for (const lexeme of new Lexer().lex(text)) {
    const width = zeroWidth.has(lexeme) ? 0 : lexeme.length;
    if (!inScalar && lexeme.startsWith('#'))
      comments.push({ span: [at, at + width], text: lexeme.slice(1).trim() });
    if (!inScalar && lexeme.startsWith('%') && parser.stack.length === 0)
      return { tokens, comments, finding: directive([at, at + width]) };
    inScalar = lexeme === '\x1f';
    for (const token of parser.next(lexeme)) tokens.push(token);
    at += width;
    if (parser.stack.length > depthLimit) return { tokens, comments, finding: tooDeep([at - 1, at]) };
  }
  tokens.push(...parser.end());
  return { tokens, comments };
}

const yaml = (span: Span, message: string, hint: string): Finding => ({ span, code: 'yaml', message, hint });

function tooDeep(span: Span): Finding {
  return yaml(
    span,
    'the file is nested too deep here',
    'a site file needs seven levels at most: close what is open',
  );
}

function directive(span: Span): Finding {
  return yaml(
    span,
    'a line that begins with % is a YAML directive',
    'remove it: a site file is YAML 1.2 without directives',
  );
}

function secondDocument(document: Document.Parsed): Finding {
  const from = document.range[0];
  return yaml(
    [from, from + 3],
    'a second document begins here',
    'keep one document in a file, one file per router',
  );
}

function empty(text: string): Finding {
  return yaml(
    [0, Math.max(1, text.indexOf('\n'))],
    'the file says nothing',
    'begin with `version: 1`; `edgewg init` writes a first file, `edgewg import` that of the router as it is',
  );
}
