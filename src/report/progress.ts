// The steps of an apply on stderr: in place on a terminal, a line each elsewhere, with the time since it began.
import type { ChalkInstance } from 'chalk';
import type { ApplyEvent, Probe } from '../plan/types/outcome.ts';
import type { Duration } from '../plan/types/plan.ts';
import { plural } from '../plural.ts';
import { durationText } from './expected.ts';
import { visible } from './visible.ts';

export interface ProgressStream {
  write(text: string): void;
  readonly isTerminal: boolean;
  readonly paint: ChalkInstance;
}

export interface Progress {
  /** Tells how long it takes, where that is known. */
  expect(duration: Duration | undefined): void;
  /** Tells one step. */
  event(event: ApplyEvent): void;
  /** Leaves the last line as it stands, so that what follows begins on a line of its own. */
  end(): void;
}

/** `now` gives milliseconds. */
export function startProgress(stream: ProgressStream, now: () => number): Progress {
  const begun = now();
  let open: { kind: string } | undefined;
  const end = (): void => {
    if (open !== undefined && stream.isTerminal) stream.write('\n');
    open = undefined;
  };
  const event = (next: ApplyEvent): void => {
    const isCounting = next.kind === 'set' && next.done < next.total;
    if (isCounting && !stream.isTerminal) return;
    const seconds = ((now() - begun) / 1000).toFixed(1).padStart(6);
    const line = `${stream.paint.dim(`${seconds} s`)}  ${sentence(next, stream.paint)}`;
    if (!stream.isTerminal) {
      stream.write(`${line}\n`);
      return;
    }
    // a step that counts is written over itself; every other one stays
    if (open?.kind !== next.kind || next.kind !== 'set') end();
    stream.write(`\r\u001b[K${line}`);
    open = next;
  };
  const expect = (duration: Duration | undefined): void => {
    const text = durationText(duration);
    if (text === '') return;
    end();
    stream.write(`${stream.paint.dim(`${'0.0'.padStart(6)} s`)}  the apply takes${text.slice(1)}\n`);
  };
  return { expect, event, end };
}

function sentence(event: ApplyEvent, paint: ChalkInstance): string {
  switch (event.kind) {
    case 'connecting':
      return event.attempt === undefined ? 'connecting' : `connecting again (attempt ${event.attempt})`;
    case 'connected':
      return `connected to ${visible(event.host)}, host key ${visible(event.fingerprint)}`;
    case 'read':
      return `read the configuration: ${plural(event.lines, 'line')}, ${visible(event.version) || 'version unknown'}`;
    case 'armed':
      return `armed: the router undoes it by itself unless confirmed within ${event.seconds} s of the commit`;
    case 'key':
      return `key of ${visible(event.tunnel)}: its public half is ${visible(event.publicKey)}`;
    case 'set':
      return `set ${event.done} of ${event.total}`;
    case 'waiting-for-lock':
      return 'waiting: another commit is in progress';
    case 'committed':
      return event.total === 1 ? 'committed' : `committed ${event.number} of ${event.total}`;
    case 'proving':
      return 'proving it over a new connection';
    case 'probe':
      return probeLine(event.probe, paint);
    case 'confirming':
      return 'confirming: the router saves';
    case 'baking':
      return event.secondsLeft > 0
        ? `${visible(event.tunnel)} goes first: it is proven for ${event.secondsLeft} s more before the rest is committed`
        : `${visible(event.tunnel)} went well: the rest follows`;
    case 'held':
      return paint.yellow(
        `held: not saved; the router undoes apply ${event.id} by itself in ${event.seconds} s unless it is confirmed`,
      );
    case 'saved':
      return paint.green('saved');
    case 'interrupted':
      return paint.yellow(
        'interrupted: stops at the next safe point and puts back; once more leaves that to the router',
      );
    case 'putting-back':
      return paint.yellow('putting back what was there before');
  }
}

function probeLine({ name, ok, saw, unknown }: Probe, paint: ChalkInstance): string {
  if (unknown !== undefined) return `${paint.yellow('unknown')}: ${visible(name)} (${visible(unknown)})`;
  const mark = ok ? paint.green('ok') : paint.red('failed');
  return `${mark}: ${visible(name)}${saw === undefined ? '' : ` (saw ${visible(saw)})`}`;
}
