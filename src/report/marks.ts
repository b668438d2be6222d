// Marks and colours as people know them from terraform and kubectl diff.
import type { ChalkInstance } from 'chalk';
import type { Action, Severity } from '../plan/types/plan.ts';

export const marks: Readonly<Record<Action, string>> = { create: '+', update: '~', delete: '-', keep: '=' };

export function paintAction(paint: ChalkInstance, action: Action): ChalkInstance {
  const colors = { create: paint.green, update: paint.yellow, delete: paint.red, keep: paint.dim };
  return colors[action];
}

export function paintSeverity(paint: ChalkInstance, severity: Severity): ChalkInstance {
  const colors = { error: paint.red, warning: paint.yellow, note: paint.cyan };
  return colors[severity];
}
