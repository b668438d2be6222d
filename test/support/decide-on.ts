import type { HeldApply } from '../../src/plan/types/facts.ts';
import type { Deciding } from '../../src/router/deciding.ts';
import { readRouter } from '../../src/router/read.ts';
import type { TestRouter } from './router.ts';

/** A person's word on the apply that is held there, from another machine, without the site file. */
export async function decideOn<T>(
  { dialer }: TestRouter,
  decide: (input: Deciding) => Promise<T>,
): Promise<T> {
  const connection = await dialer.dial();
  try {
    const reading = await readRouter(connection);
    const [held] = reading.facts.held as [HeldApply];
    return await decide({
      dialer,
      connection,
      reading,
      held,
      replan: undefined,
      who: 'somebody@else',
      now: () => performance.now(),
      onEvent: () => undefined,
      signal: new AbortController().signal,
    });
  } finally {
    await connection.close();
  }
}
