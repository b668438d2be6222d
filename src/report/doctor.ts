// The router's health for people and for programs.
import type { ChalkInstance } from 'chalk';
import type { Finding, Health } from '../health/finding.ts';
import { visible } from './visible.ts';
import { wrap } from './wrap.ts';

export function renderHealth(
  healths: readonly Health[],
  paint: ChalkInstance,
  wrapAt = Number.POSITIVE_INFINITY,
): string {
  const width = Math.max(...healths.map(({ name }) => name.length));
  const mark = ({ status }: Finding): string => {
    if (status === 'ok') return paint.green('ok     ');
    return status === 'failed' ? paint.red.bold('failed ') : paint.yellow('warning');
  };
  const lines = healths.flatMap(({ name, findings }) =>
    findings.flatMap((finding, i) => {
      const head = `${mark(finding)}  ${paint.bold((i === 0 ? name : '').padEnd(width))}  ${visible(finding.text)}`;
      // said once where it is the same for several
      const isSame = findings[i + 1]?.way === finding.way;
      const left = ' '.repeat(width + 11);
      const way =
        finding.way === undefined || isSame ? [] : [`${left}${paint.cyan('→')} ${visible(finding.way)}`];
      return [head, ...way].flatMap((line, j) =>
        wrap(line, { width: wrapAt, indent: j === 0 ? left : `${left}  ` }),
      );
    }),
  );
  const count = (status: Finding['status']): number =>
    healths.flatMap(({ findings }) => findings).filter(one => one.status === status).length;
  const [broken, odd] = [count('failed'), count('warning')];
  const sum =
    broken + odd === 0
      ? paint.green('all is well')
      : `${broken} failed, ${odd} ${odd === 1 ? 'warning' : 'warnings'}`;
  return `${lines.join('\n')}\n\n${sum}\n`;
}

/** `status` of the whole: the worst of all. */
export function healthData(router: string, healths: readonly Health[]): object {
  const all = healths.flatMap(({ findings }) => findings.map(({ status }) => status));
  const status = all.includes('failed') ? 'failed' : all.includes('warning') ? 'warning' : 'ok';
  return { format_version: '1.0', router, status, checks: healths };
}
