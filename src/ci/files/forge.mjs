// What the jobs of edgewg ask of GitHub, GitLab or Forgejo: node .edgewg/forge.mjs comment FILE | labels | propose BRANCH TITLE.
// Written by `edgewg init --ci`; yours from now on. GitHub and Forgejo have the same calls, and their runners the same variables.
import { readFileSync } from 'node:fs';
import { argv, env } from 'node:process';

const isGitLab = env.CI_PROJECT_ID !== undefined;
const isForgejo = Boolean(env.FORGEJO_ACTIONS || env.GITEA_ACTIONS);
const isGitHub = !isGitLab && !isForgejo;
const token = isGitLab ? env.EDGEWG_COMMENT_TOKEN : env.FORGE_TOKEN;
const top = isGitLab
  ? `${env.CI_API_V4_URL}/projects/${env.CI_PROJECT_ID}`
  : `${isForgejo ? `${env.GITHUB_SERVER_URL}/api/v1` : env.GITHUB_API_URL}/repos/${env.GITHUB_REPOSITORY}`;

async function ask(method, path, body) {
  const answer = await fetch(`${top}/${path}`, {
    method,
    headers: {
      ...(isGitLab ? { 'PRIVATE-TOKEN': token } : { Authorization: `token ${token}` }),
      ...(body && { 'Content-Type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw Object.assign(new Error(`${method} ${path}: HTTP ${answer.status}`), { status: answer.status });
  return answer.status === 204 ? undefined : answer.json();
}

/** Every page of a list. */
async function all(path) {
  const found = [];
  for (let page = 1; page <= 100; page++) {
    const some = await ask('GET', `${path}?per_page=100&limit=100&page=${page}`);
    const before = found.length;
    found.push(...some.filter(({ id }) => !found.some(other => other.id === id)));
    if (found.length === before) break;
  }
  return found;
}

async function numberOfPull() {
  if (env.PULL) return env.PULL;
  const [owner] = (env.GITHUB_REPOSITORY ?? '').split('/');
  return (await ask('GET', `pulls?state=open&head=${owner}:${env.GITHUB_REF_NAME}`))[0]?.number;
}

/** Writes over the comment of an earlier run: it ends with the same marker, and is ours, so that it may be written. */
async function comment(file) {
  const body = readFileSync(file, 'utf8');
  const marker = body.trimEnd().split('\n').at(-1);
  const pull = isGitLab ? env.CI_MERGE_REQUEST_IID : await numberOfPull();
  if (!pull) return;
  const list = isGitLab ? `merge_requests/${pull}/notes` : `issues/${pull}/comments`;
  for (const { id, body: text, user } of await all(list)) {
    if (!text.trimEnd().endsWith(marker) || (isGitHub && user.login !== 'github-actions[bot]')) continue;
    try {
      return await (isGitLab ? ask('PUT', `${list}/${id}`, { body }) : ask('PATCH', `issues/comments/${id}`, { body }));
    } catch (error) {
      // another's, who quoted it
      if (error.status !== 403 && error.status !== 404) throw error;
    }
  }
  await ask('POST', list, { body });
}

/** Of the pull request that was merged as this commit; none where nothing can be asked. */
async function labels() {
  if (!token) return '';
  if (isGitLab) {
    const merged = await ask('GET', `repository/commits/${env.CI_COMMIT_SHA}/merge_requests`);
    return merged.filter(({ state }) => state === 'merged').flatMap(one => one.labels).join(',');
  }
  const path = `commits/${env.GITHUB_SHA}/pull`;
  const pulls = isGitHub ? await ask('GET', `${path}s`) : [await ask('GET', path).catch(ifNone)];
  return pulls.filter(pull => pull?.merged_at).flatMap(pull => pull.labels.map(({ name }) => name)).join(',');
}

function ifNone(error) {
  if (error.status !== 404) throw error;
}

/** A pull request for the branch where there is none yet; and its jobs, which GitHub begins for nothing that a job has pushed. */
async function propose(branch, title) {
  const base = env.GITHUB_REF_NAME;
  const [owner] = env.GITHUB_REPOSITORY.split('/');
  const body = 'What runs on the router has changed since the last snapshot.';
  const [there] = await ask('GET', `pulls?state=open&head=${owner}:${branch}`);
  if (there === undefined) await ask('POST', 'pulls', { head: branch, base, title, body });
  await ask('POST', 'actions/workflows/edgewg.yml/dispatches', { ref: branch });
}

const [, , what, ...rest] = argv;
const jobs = { comment, labels, propose };
if (!Object.hasOwn(jobs, what ?? '')) throw new Error(`${what} is none of ${Object.keys(jobs)}`);
const answer = await jobs[what](...rest);
if (typeof answer === 'string') console.log(answer);
