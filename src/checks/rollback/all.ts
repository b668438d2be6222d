// Every check of a rollback.
import type { RollbackCheck } from '../../plan/types/check.ts';
import { conflicts } from './conflicts.ts';
import { missingKeys } from './missing-keys.ts';

export const rollbackChecks: readonly RollbackCheck[] = [conflicts, missingKeys];
