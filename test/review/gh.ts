// In place of GitHub's `gh`: the calls that the jobs make, with its options, sent to GITHUB_API_URL. Whatever else it is asked is an error.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    paginate: { type: 'boolean' },
    silent: { type: 'boolean' },
    method: { type: 'string' },
    jq: { type: 'string' },
    json: { type: 'string' },
    field: { type: 'string', multiple: true },
    head: { type: 'string' },
    title: { type: 'string' },
    body: { type: 'string' },
  },
});
const { GITHUB_API_URL: api, GITHUB_REPOSITORY: repository, GH_TOKEN: token } = process.env;
if (!token) throw new Error('gh: set the GH_TOKEN environment variable');

const [command, what] = positionals;
if (command === 'api') {
  const fields = (values.field ?? []).map(field => {
    const [name = '', value = ''] = field.split(/=(.*)/s);
    return [name, value.startsWith('@') ? readFileSync(value.slice(1), 'utf8') : value];
  });
  const method = values.method ?? (fields.length > 0 ? 'POST' : 'GET');
  show(await ask(method, `${what}`, fields.length > 0 ? Object.fromEntries(fields) : undefined));
} else if (command === 'pr' && what === 'list') {
  const all = (await ask('GET', `repos/${repository}/pulls`)) as { head: string }[];
  show(all.filter(pull => pull.head === values.head));
} else if (command === 'pr' && what === 'create') {
  const { head, title, body } = values;
  if (!head || !title || !body) throw new Error('gh: must provide --title and --body when not at a terminal');
  await ask('POST', `repos/${repository}/pulls`, { head, title, body });
} else throw new Error(`gh ${positionals.join(' ')} isn't known here`);

async function ask(method: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${api}/${path}`, {
    method,
    headers: { authorization: `token ${token}` },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`gh: HTTP ${answer.status} of ${method} ${path}`);
  return answer.json();
}

/** By --jq, whose language gh has built in. */
function show(answer: unknown): void {
  if (values.silent) return;
  if (values.jq === undefined) throw new Error('gh: an answer that nobody takes apart');
  const ran = spawnSync('jq', ['-r', values.jq], { input: JSON.stringify(answer), encoding: 'utf8' });
  if (ran.error) throw ran.error;
  if (ran.status !== 0) throw new Error(ran.stderr);
  process.stdout.write(ran.stdout);
}
