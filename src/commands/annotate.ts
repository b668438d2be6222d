// Findings, or mistakes of a site file, for the programs that show them at a line: GitHub's annotations and SARIF.
import type { Annotation } from '../report/annotations/annotation.ts';
import { SiteProblems } from '../site/problem.ts';
import type { Io } from './io.ts';

export type AnnotationFormat = 'github' | 'sarif';

export function isAnnotationFormat(format: string): format is AnnotationFormat {
  return format === 'github' || format === 'sarif';
}

export async function writeAnnotations(
  annotations: readonly Annotation[],
  format: AnnotationFormat,
  io: Io,
): Promise<void> {
  const placeOf = await pathsInRepository(io);
  if (format === 'github') {
    const { renderGithub } = await import('../report/annotations/github.ts');
    io.stdout.order(renderGithub(annotations, placeOf));
  } else {
    const { renderSarif } = await import('../report/annotations/sarif.ts');
    const { ownVersion } = await import('./version.ts');
    io.stdout.write(renderSarif(annotations, ownVersion(), placeOf));
  }
}

/** A file that can't be read as a site file is annotated too; the error goes on its way. */
export async function withAnnotatedMistakes<T>(format: string, io: Io, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof SiteProblems && isAnnotationFormat(format)) {
      const { ofProblems } = await import('../report/annotations/annotation.ts');
      await writeAnnotations(ofProblems(error.problems), format, io);
    }
    throw error;
  }
}

/** Seen from the top of the checkout, where a job that works in a folder below says where that is. */
async function pathsInRepository(io: Io): Promise<(file: string) => string> {
  const { relative, resolve, sep } = await import('node:path');
  const top = io.env['GITHUB_WORKSPACE'];
  if (top === undefined || top === '') return file => file;
  return file => {
    const path = relative(resolve(top), resolve(io.cwd, file));
    return path.startsWith('..') ? file : path.split(sep).join('/');
  };
}
