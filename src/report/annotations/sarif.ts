// Findings as SARIF 2.1.0, for code scanning. Deterministic: the same findings give the same bytes.
import { createHash } from 'node:crypto';
import { explanations } from '../../checks/explain.ts';
import { visible } from '../visible.ts';
import type { Annotation } from './annotation.ts';

const schema = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** `version` is edgewg's; `placeOf` gives a file's path in the repository. Ends with a line break. */
export function renderSarif(
  annotations: readonly Annotation[],
  version: string,
  placeOf: (file: string) => string,
): string {
  const codes = [...new Set(annotations.map(({ code }) => code))].sort();
  const log = {
    $schema: schema,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'edgewg', version, rules: codes.map(rule) } },
        columnKind: 'utf16CodeUnits',
        results: annotations.map(one => result(one, codes.indexOf(one.code), placeOf)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

const flat = (text: string): string => text.replace(/\s+/g, ' ').trim();

function rule(code: string): object {
  const explanation = Object.hasOwn(explanations, code) ? explanations[code] : undefined;
  if (explanation === undefined) return { id: code, shortDescription: { text: code.replaceAll('-', ' ') } };
  return {
    id: code,
    shortDescription: { text: flat(explanation.title) },
    fullDescription: { text: flat(explanation.why) },
    help: { text: flat(`${explanation.why} ${explanation.way}`) },
  };
}

function result(
  { code, severity, message, hint, place, length, running, silenced }: Annotation,
  ruleIndex: number,
  placeOf: (file: string) => string,
): object {
  const said = [message, running && `On the router: ${running}.`, hint && `The way out: ${hint}.`];
  const text = said.flatMap(part => (part === undefined ? [] : [visible(part)])).join(' ');
  return {
    ruleId: code,
    ruleIndex,
    level: severity,
    message: { text },
    ...(place && {
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: uri(placeOf(place.file)) },
            region: {
              startLine: place.line,
              startColumn: place.column,
              ...(length !== undefined && { endColumn: place.column + length }),
            },
          },
        },
      ],
    }),
    // without the line, which moves with every edit above
    partialFingerprints: { 'edgewg/v1': createHash('sha256').update(`${code}\0${message}`).digest('hex') },
    ...(silenced !== undefined && {
      suppressions: [{ kind: 'inSource', justification: visible(silenced) }],
    }),
  };
}

function uri(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
