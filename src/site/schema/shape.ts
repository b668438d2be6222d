// What the schema is written in: zod's own words, kept as a description. Most files are right, and to see that takes neither zod nor
// its schema, which together cost more than all the rest of reading a file; zod is made of the description when there is something to say.
import type * as zod from 'zod';

type Words =
  | 'array'
  | 'boolean'
  | 'enum'
  | 'literal'
  | 'number'
  | 'record'
  | 'strictObject'
  | 'string'
  | 'union';

/** `z.NAME(...args)`, then `.NAME(...args)` for each further call. */
class Shape {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly before: Shape | undefined;

  constructor(name: string, args: readonly unknown[], before?: Shape) {
    this.name = name;
    this.args = args;
    this.before = before;
  }

  /** A map may leave it out. */
  get isOptional(): boolean {
    return this.name === 'optional' || this.before?.isOptional === true;
  }

  optional(): Shape {
    return new Shape('optional', [], this);
  }
  meta(data: unknown): Shape {
    return new Shape('meta', [data], this);
  }
  check(test: unknown): Shape {
    return new Shape('check', [test], this);
  }
  int(): Shape {
    return new Shape('int', [], this);
  }
  min(least: number): Shape {
    return new Shape('min', [least], this);
  }
  max(most: number): Shape {
    return new Shape('max', [most], this);
  }
}

const word =
  (name: Words) =>
  (...args: readonly unknown[]): Shape =>
    new Shape(name, args);

/** Typed as zod, so that what a file may hold is inferred from the schema as ever. */
export const z = {
  array: word('array'),
  boolean: word('boolean'),
  enum: word('enum'),
  literal: word('literal'),
  number: word('number'),
  record: word('record'),
  strictObject: word('strictObject'),
  string: word('string'),
  union: word('union'),
} as unknown as Pick<typeof zod, Words>;

type Library = Record<string, (...args: readonly unknown[]) => unknown>;

/** The schema itself; `library` is zod. */
export function zodOf<T extends zod.ZodType>(shape: T, library: Pick<typeof zod, Words>): T {
  const known = new Map<Shape, unknown>();
  const made = (value: unknown): unknown => {
    if (!(value instanceof Shape)) return Array.isArray(value) ? value.map(made) : below(value);
    let found = known.get(value);
    if (found === undefined) {
      const { name, args, before } = value;
      const owner = (before === undefined ? library : made(before)) as unknown as Library;
      found = owner[name]?.(...(name === 'meta' ? args : args.map(made)));
      known.set(value, found);
    }
    return found;
  };
  const below = (value: unknown): unknown =>
    isMap(value)
      ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, made(inner)]))
      : value;
  return made(shape) as T;
}

/** The data as the schema takes it, its keys in the schema's order; undefined also where only zod can tell. */
export function fitting<T extends zod.ZodType>(shape: T, data: unknown): zod.infer<T> | undefined {
  const found = take(shape, data);
  return found === no ? undefined : (found as zod.infer<T>);
}

const no = Symbol('does not fit');

function take(shape: unknown, data: unknown): unknown {
  if (!(shape instanceof Shape)) return no;
  const { name, args, before } = shape;
  if (before !== undefined) return fitAfter(before, name, args[0], data);
  return (takers[name] ?? takePlain)(data, args, name);
}

type Taker = (data: unknown, args: readonly unknown[], name: string) => unknown;

const takers: Readonly<Record<string, Taker>> = {
  strictObject: (data, [shape]) => (isMap(shape) && isMap(data) ? fitObject(shape, data) : no),
  record: (data, [keys, values]) => (isMap(data) ? fitRecord(keys, values, data) : no),
  array: (data, [item]) => (Array.isArray(data) ? fitList(item, data) : no),
  union: (data, [options]) => (Array.isArray(options) ? fitOne(options, data) : no),
  enum: (data, [values]) => (Array.isArray(values) && values.includes(data) ? data : no),
  literal: (data, [value]) => (data === value ? data : no),
};

/** A text, a number, true or false. */
const takePlain: Taker = (data, _, name) =>
  typeof data === name && (name !== 'number' || Number.isFinite(data)) ? data : no;

function fitAfter(before: Shape, name: string, arg: unknown, data: unknown): unknown {
  if (name === 'optional' && data === undefined) return data;
  const found = take(before, data);
  return found === no || isPassed(name, arg, found) ? found : no;
}

function isPassed(name: string, arg: unknown, data: unknown): boolean {
  switch (name) {
    case 'optional':
    case 'meta':
      return true;
    case 'int':
      return Number.isSafeInteger(data);
    case 'min':
      return sizeOf(data) >= Number(arg);
    case 'max':
      return sizeOf(data) <= Number(arg);
    default:
      return name === 'check' && passes(arg as Check, data);
  }
}

/** Of a number itself, of a text or a list its length. */
const sizeOf = (data: unknown): number =>
  typeof data === 'number' ? data : (data as string | unknown[]).length;

type Check = (context: { value: unknown; issues: unknown[] }) => void;

function passes(check: Check, value: unknown): boolean {
  const issues: unknown[] = [];
  check({ value, issues });
  return issues.length === 0;
}

type Data = Readonly<Record<string, unknown>>;

function fitObject(shape: Data, data: Data): unknown {
  for (const key of Object.keys(data)) if (!Object.hasOwn(shape, key)) return no;
  const found: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(shape))
    if (Object.hasOwn(data, key)) {
      const value = take(inner, data[key]);
      if (value === no) return no;
      found[key] = value;
    } else if (!(inner instanceof Shape && inner.isOptional)) return no;
  return found;
}

function fitRecord(keys: unknown, values: unknown, data: Data): unknown {
  const found: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(data)) {
    const value = take(values, inner);
    if (value === no || take(keys, key) === no) return no;
    found[key] = value;
  }
  return found;
}

function fitList(item: unknown, data: readonly unknown[]): unknown {
  const found: unknown[] = [];
  for (const one of data) {
    const value = take(item, one);
    if (value === no) return no;
    found.push(value);
  }
  return found;
}

function fitOne(options: readonly unknown[], data: unknown): unknown {
  for (const option of options) {
    const found = take(option, data);
    if (found !== no) return found;
  }
  return no;
}

function isMap(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
