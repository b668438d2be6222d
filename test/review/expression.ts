// The expressions of GitHub's workflow files, as far as the files here use them: literals, names with dots, a few functions, ! == != && ||
// and parentheses. Anything else is an error, so that no condition is taken for true or false by mistake.

/** What `github`, `vars` and the like hold. A name that isn't there is an empty text, as a runner has it. */
export type Contexts = Readonly<Record<string, unknown>>;
export type Functions = Readonly<Record<string, (argument: string) => string | boolean>>;

type Value = string | boolean;

const token = /\s*(?:'((?:[^']|'')*)'|([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)|(==|!=|&&|\|\||[!()]))/y;

interface Token {
  readonly kind: 'text' | 'name' | 'sign';
  readonly word: string;
}

/** Throws for what isn't known here. */
export function evaluate(text: string, contexts: Contexts, functions: Functions): Value {
  const rest = tokens(text);
  const next = (word: string): boolean => {
    const is = rest[0]?.kind === 'sign' && rest[0].word === word;
    if (is) rest.shift();
    return is;
  };
  const expect = (word: string): void => {
    if (!next(word)) throw new Error(`${word} is missing in ${text}`);
  };

  const either = (): Value => {
    let value = both();
    while (next('||')) {
      const other = both();
      value = isTrue(value) ? value : other;
    }
    return value;
  };
  const both = (): Value => {
    let value = comparison();
    while (next('&&')) {
      const other = comparison();
      value = isTrue(value) ? other : value;
    }
    return value;
  };
  const comparison = (): Value => {
    const left = one();
    if (next('==')) return isSame(left, one());
    if (next('!=')) return !isSame(left, one());
    return left;
  };
  const one = (): Value => {
    if (next('!')) return !isTrue(one());
    if (next('(')) {
      const value = either();
      expect(')');
      return value;
    }
    const found = rest.shift();
    if (found === undefined || found.kind === 'sign') throw new Error(`a value is missing in ${text}`);
    if (found.kind === 'text') return found.word;
    return next('(') ? call(found.word) : lookUp(found.word, contexts);
  };
  const call = (name: string): Value => {
    const does = functions[name];
    if (does === undefined) throw new Error(`${name}() isn't known here: ${text}`);
    if (next(')')) return does('');
    const argument = either();
    expect(')');
    return does(String(argument));
  };

  const value = either();
  if (rest.length > 0) throw new Error(`${rest[0]?.word} isn't expected in ${text}`);
  return value;
}

/** Every `${{ }}` in a text by its value. */
export function fill(text: string, contexts: Contexts, functions: Functions): string {
  return text.replace(/\$\{\{(.*?)\}\}/g, (_, inner: string) => String(evaluate(inner, contexts, functions)));
}

export function isTrue(value: Value): boolean {
  return value !== false && value !== '';
}

function tokens(text: string): Token[] {
  const found: Token[] = [];
  token.lastIndex = 0;
  while (text.slice(token.lastIndex).trim() !== '') {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (match === null) throw new Error(`not known here: ${text.slice(at)}`);
    const [, quoted, name, sign] = match;
    if (quoted !== undefined) found.push({ kind: 'text', word: quoted.replaceAll("''", "'") });
    else if (name !== undefined) found.push({ kind: 'name', word: name });
    else found.push({ kind: 'sign', word: sign ?? '' });
  }
  return found;
}

/** GitHub compares texts without regard to case. */
function isSame(left: Value, right: Value): boolean {
  return String(left).toLowerCase() === String(right).toLowerCase();
}

function lookUp(name: string, contexts: Contexts): Value {
  const [context = '', ...path] = name.split('.');
  if (name === 'true' || name === 'false') return name === 'true';
  if (!(context in contexts)) throw new Error(`the context ${context} isn't known here`);
  let value: unknown = contexts[context];
  for (const word of path) value = (value as Record<string, unknown> | undefined)?.[word];
  if (value === undefined || value === null) return '';
  if (typeof value === 'object') throw new Error(`${name} is no value`);
  return typeof value === 'boolean' ? value : String(value);
}
