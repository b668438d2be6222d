// The expressions of workflow files, by GitHub's own evaluator; the functions that ask how the job fares are given by who runs it.
import { data, Evaluator, Lexer, Parser } from '@actions/expressions';

/** What `github`, `vars` and the like hold: JSON. */
export type Contexts = Readonly<Record<string, unknown>>;
export type Status = Readonly<Record<'success' | 'failure' | 'cancelled' | 'always', boolean>>;

/** Throws for what no runner would take. */
function evaluate(text: string, contexts: Contexts, status: Partial<Status>): data.ExpressionData {
  const functions = Object.entries(status).map(([name, value]) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(value),
  }));
  const parsed = new Parser(new Lexer(text).lex().tokens, Object.keys(contexts), functions).parse();
  const known = JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary;
  return new Evaluator(parsed, known, new Map(functions.map(one => [one.name, one]))).evaluate();
}

/** Every `${{ }}` in a text by its value. */
export function fill(text: unknown, contexts: Contexts): string {
  return String(text).replace(/\$\{\{(.*?)\}\}/g, (_, inner: string) =>
    evaluate(inner, contexts, {}).coerceString(),
  );
}

/** Whether a job or a step is run. A condition that asks for no status means `success()` as well. */
export function isWanted(condition: unknown, contexts: Contexts, status: Status): boolean {
  const text = String(condition ?? 'success()').replace(/^\$\{\{(.*)\}\}$/, '$1');
  const asked = !['false', '', '0'].includes(evaluate(text, contexts, status).coerceString());
  return asked && (/\b(always|success|failure|cancelled)\(/.test(text) || status.success);
}
