// Where comments, labels and pull requests are kept in place of GitHub, GitLab or Forgejo: a server that knows the calls which the jobs
// make, and answers 404 to any other.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

interface Comment {
  readonly id: number;
  body: string;
  readonly user: { readonly login: string };
}

export interface Forge {
  readonly url: string;
  readonly comments: Comment[];
  readonly pulls: { readonly number: number; readonly head: string; readonly title: string }[];
  /** Of the pull request that was merged. */
  labels: string[];
  /** Method and path of every call that changed something. */
  readonly changes: string[];
  close(): Promise<void>;
}

type Body = Readonly<Record<string, string>>;
type Answer = readonly [status: number, answer?: unknown];

/** Lets in who shows this token. */
export async function startForge(token: string): Promise<Forge> {
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    if (method !== 'GET') forge.changes.push(`${method} ${url}`);
    const isKnown = [headers['private-token'], headers.authorization?.split(' ')[1]].includes(token);
    const body = method === 'GET' ? {} : ((await json(request)) as Body);
    const [status, answer] = isKnown ? respond(method, url, body) : [401];
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(status === 204 ? '' : JSON.stringify(answer ?? {}));
  });

  const commentsOf = (method: string, path: string, { body = '' }: Body): Answer => {
    const comment = forge.comments.find(({ id }) => path.endsWith(`/${id}`));
    if (method === 'GET') return [200, forge.comments];
    if (method === 'POST' && comment === undefined) {
      forge.comments.push({
        id: 100 + forge.comments.length,
        body,
        user: { login: 'github-actions[bot]' },
      });
      return [201];
    }
    if (comment === undefined || method !== (path.includes('/notes/') ? 'PUT' : 'PATCH')) return [404];
    comment.body = body;
    return [200];
  };
  const respond = (method: string, url: string, body: Body): Answer => {
    const path = url.replace(/\?.*/, '');
    if (/\/((issues|merge_requests)\/7|issues)\/(comments|notes)(\/\d+)?$/.test(path))
      return commentsOf(method, path, body);
    const names = forge.labels.map(name => ({ name }));
    const merged = { merged_at: 'then', state: 'merged', labels: names };
    if (/\/commits\/[0-9a-f]{40}\/pulls$/.test(path)) return [200, [merged]];
    if (/\/commits\/[0-9a-f]{40}\/pull$/.test(path)) return [200, merged];
    if (/\/commits\/[0-9a-f]{40}\/merge_requests$/.test(path))
      return [200, [{ ...merged, labels: forge.labels }]];
    if (path.endsWith('/actions/workflows/edgewg.yml/dispatches')) return [body['ref'] ? 204 : 422];
    if (!path.endsWith('/pulls')) return [404];
    if (method === 'GET') return [200, forge.pulls.filter(({ head }) => url.includes(`head=owner:${head}`))];
    forge.pulls.push({ number: 7, head: body['head'] ?? '', title: body['title'] ?? '' });
    return [201];
  };

  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const forge: Forge = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    comments: [],
    pulls: [],
    labels: [],
    changes: [],
    close: () => new Promise(resolve => server.close(() => resolve())),
  };
  return forge;
}
