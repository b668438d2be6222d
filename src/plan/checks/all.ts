// Every check of a plan, in the order in which their findings are shown.
import type { Check } from '../make.ts';
import { budget } from './budget.ts';
import { firmware } from './firmware.ts';

export const checks: readonly Check[] = [firmware, budget];
