// YAML that readers of both versions understand alike. What is printed here is read by others: Kubernetes' own reader, PyYAML and netplan's go by YAML 1.1, in
// which `no` and `on` are truth values, `1_420` and `1:30` numbers, `2026-11-29` a day, and `=` and `<<` have a meaning.
import { Document, Scalar, visit } from 'yaml';

/** Plain words that are no strings to some reader (yaml.org/type for 1.1: bool, int, float, timestamp, merge, value; numbers with commas are Ruby's). */
const otherwise = [
  /^(y|n|yes|no|on|off|true|false|null|~)$/i,
  /^[-+]?[0-9][0-9_,]*$/,
  /^[-+]?0[box][0-9a-f_]+$/i,
  /^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$/,
  /^[-+]?(\.[0-9_]+|[0-9][0-9_,]*\.[0-9_]*)(e[-+]?[0-9]+)?$/i,
  /^[-+]?\.(inf|nan)$/i,
  /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([t ].*)?$/i,
  /^(=|<<)$/,
];

/** Gives quotes to every string of the document that a reader might take for something else; keys are strings, too. */
export function quoteForAll(document: Document): Document {
  visit(document, {
    Scalar(_, node) {
      const { value, type } = node;
      const isPlain = type === undefined || type === Scalar.PLAIN;
      if (typeof value === 'string' && isPlain && otherwise.some(word => word.test(value)))
        node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document;
}

/** One document; keys in the order in which they were written, no aliases. */
export function printYaml(value: unknown): string {
  return quoteForAll(new Document(value, { aliasDuplicateObjects: false })).toString({ lineWidth: 0 });
}
