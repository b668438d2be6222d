// `# edgewg-ignore EW012: reason`: a finding silenced at its line. Behind a value it means its own line; on a line of
// its own, the next line that says something.
import { findingCode } from './grammar/names.ts';
import { reason } from './grammar/texts.ts';
import type { Silence } from './site.ts';
import type { Finding, SourceText } from './text.ts';
import type { Comment } from './yaml.ts';

const marker = /^edgewg[-_ ]?ignore\b/i;
const example = 'write `# edgewg-ignore EW012: why that is all right here`';

export function silencesOf(comments: readonly Comment[], source: SourceText, findings: Finding[]): Silence[] {
  const silences: Silence[] = [];
  for (const { span, text } of comments) {
    if (!marker.test(text)) continue;
    const found = /^edgewg-ignore ([^\s:]+): *(.*)$/.exec(text);
    const [, code = '', why = ''] = found ?? [];
    const fault =
      found === null ? { message: 'is not understood' } : (findingCode.check(code) ?? reason.check(why));
    if (fault === undefined) silences.push({ code, reason: why, line: lineMeant(span[0], source) });
    else findings.push({ span, code: 'bad-value', message: `the comment ${fault.message}`, hint: example });
  }
  return silences;
}

function lineMeant(offset: number, source: SourceText): number {
  const { line, column } = source.place(offset);
  if (
    source
      .line(line)
      .slice(0, column - 1)
      .trim() !== ''
  )
    return line;
  for (let next = line + 1; source.place(source.text.length).line >= next; next++)
    if (!/^\s*(#|$)/.test(source.line(next))) return next;
  return line;
}
