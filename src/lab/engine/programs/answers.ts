// The few forms of answers.
import type { Answer } from '../../call.ts';

export const ok: Answer = { stdout: '', stderr: '', exit: 0 };
export const no: Answer = { stdout: '', stderr: '', exit: 1 };

export function said(stdout: string, exit = 0): Answer {
  return { stdout, stderr: '', exit };
}

export function complaint(stderr: string, exit = 1): Answer {
  return { stdout: '', stderr, exit };
}
