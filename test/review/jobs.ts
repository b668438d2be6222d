// The jobs for every forge, run for what happens there: each in its own language, told in the same words.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { CiKind } from '../../src/ci/ci-files.ts';
import type { Forge } from './forge.ts';
import { type Network, run } from './network.ts';
import { runPipeline } from './pipeline.ts';
import { type Job, runWorkflow } from './workflow.ts';

export const token = 'token-of-the-job';

export interface Happening {
  readonly what: 'pull request' | 'merge' | 'by hand' | 'night';
  /** The commit or branch. */
  readonly at: string;
  readonly labels?: readonly string[];
  /** The pull request is a stranger's. */
  readonly isFork?: boolean;
  readonly hasLabRouter?: boolean;
  /** These jobs alone; default: all. */
  readonly jobs?: readonly string[];
}

/** Every job of the file by its name; on GitLab only those that are in the pipeline. */
export type RunJobs = (happening: Happening) => Promise<Record<string, Job>>;

export function jobsOf(kind: CiKind, network: Network, forge: Forge): RunJobs {
  return kind === 'gitlab' ? pipelineJobs(network, forge) : workflowJobs(kind, network, forge);
}

const events = {
  'pull request': 'pull_request',
  merge: 'push',
  'by hand': 'workflow_dispatch',
  night: 'schedule',
};

function workflowJobs(kind: CiKind, network: Network, forge: Forge): RunJobs {
  const { labRouter } = network;
  const secret = (key: string): string => readFileSync(key, 'utf8');
  return ({ what, at, labels = [], isFork = false, hasLabRouter = false, jobs }) => {
    const head = { repo: { full_name: isFork ? 'stranger/network' : 'owner/network' } };
    const pull = { number: 7, labels: labels.map(name => ({ name })), head };
    const name = at.replace('origin/', '');
    const text = readFileSync(join(network.work, `.${kind}/workflows/edgewg.yml`), 'utf8');
    return runWorkflow(chosen(text, jobs), {
      contexts: {
        github: {
          event_name: events[what],
          event: what === 'pull request' ? { pull_request: pull } : {},
          ...{ ref_name: name, ref: `refs/heads/${name}`, repository: 'owner/network', token },
        },
        vars: {
          EDGEWG_HOST_KEY: network.hostKeys,
          EDGEWG_LAB_ROUTER: hasLabRouter ? `${labRouter.user}@${labRouter.host}:${labRouter.port}` : '',
          EDGEWG_LAB_HOST_KEY: labRouter.hostKey,
        },
        secrets: {
          EDGEWG_PLAN_KEY: secret(network.planKey),
          EDGEWG_APPLY_KEY: secret(network.applyKey),
          EDGEWG_LAB_KEY: secret(network.applyKey),
        },
      },
      env: {
        ...(kind === 'forgejo' ? { FORGEJO_ACTIONS: 'true' } : { GITHUB_API_URL: forge.url }),
        ...{ GITHUB_SERVER_URL: forge.url, GITHUB_REPOSITORY: 'owner/network', GITHUB_REF_NAME: name },
        ...{ GITHUB_SHA: commit(network, at), GIT_CONFIG_GLOBAL: '/dev/null' },
      },
      folder: network.folder,
      uses: network.uses(at),
    });
  };
}

function pipelineJobs(network: Network, forge: Forge): RunJobs {
  const { labRouter } = network;
  // file variables hold paths, and GitLab's form takes the last line end away
  const file = (key: string): string => {
    const path = `${key}.variable`;
    writeFileSync(path, readFileSync(key, 'utf8').trimEnd(), { mode: 0o600 });
    return path;
  };
  return async ({ what, at, labels = [], isFork = false, hasLabRouter = false, jobs }) => {
    const source = {
      'pull request': 'merge_request_event',
      merge: 'push',
      'by hand': 'web',
      night: 'schedule',
    };
    const text = readFileSync(join(network.work, 'ci/edgewg.gitlab-ci.yml'), 'utf8');
    const since = what === 'pull request' ? 'main' : `${at}~1`;
    const found = await runPipeline(chosen(text, jobs), {
      variables: {
        CI_PIPELINE_SOURCE: source[what],
        ...(what === 'pull request'
          ? {
              ...{ CI_MERGE_REQUEST_IID: '7', CI_MERGE_REQUEST_LABELS: labels.join(',') },
              CI_MERGE_REQUEST_SOURCE_PROJECT_ID: isFork ? '4' : '3',
            }
          : { CI_COMMIT_BRANCH: 'main' }),
        ...{
          CI_PROJECT_ID: '3',
          CI_DEFAULT_BRANCH: 'main',
          CI_JOB_ID: '11',
          CI_COMMIT_SHA: commit(network, at),
        },
        ...{ CI_API_V4_URL: `${forge.url}/api/v4`, EDGEWG_HOST_KEY: network.hostKeys },
        ...(hasLabRouter && { EDGEWG_LAB_ROUTER: `${labRouter.user}@${labRouter.host}:${labRouter.port}` }),
        ...{ EDGEWG_LAB_HOST_KEY: labRouter.hostKey, EDGEWG_LAB_KEY: file(network.applyKey) },
        ...{ EDGEWG_PLAN_KEY: file(network.planKey), EDGEWG_APPLY_KEY: file(network.applyKey) },
        ...(!isFork && { EDGEWG_COMMENT_TOKEN: token }),
      },
      folder: network.folder,
      changed: network.git('diff', '--name-only', since, at).split('\n').filter(Boolean),
      checkout(workspace) {
        run('git', ['clone', '-q', network.origin, workspace], network.folder);
        run('git', ['checkout', '-q', at], workspace);
      },
    });
    return Object.fromEntries(Object.entries(found).map(([name, job]) => [name.replace('edgewg:', ''), job]));
  };
}

const commit = (network: Network, at: string): string => network.git('rev-parse', at).trim();

/** The file with these jobs alone, which then need no other. */
function chosen(text: string, names: readonly string[] | undefined): string {
  if (names === undefined) return text;
  const file = parse(text);
  const jobs = file.jobs ?? file;
  for (const [name, job] of Object.entries(jobs) as [string, { needs?: string | string[] }][]) {
    const plain = name.replace('edgewg:', '');
    if (/^(\.|variables$)/.test(name)) continue;
    if (!names.includes(plain)) delete jobs[name];
    else if (job.needs !== undefined)
      job.needs = [job.needs].flat().filter(other => names.includes(other.replace('edgewg:', '')));
  }
  return JSON.stringify(file);
}
