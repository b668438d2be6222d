// Where comments and pull requests are kept in place of GitHub, GitLab or Forgejo: a server that knows the calls which the jobs make, and
// answers 404 to any other.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

interface Comment {
  readonly id: number;
  body: string;
  readonly user: { readonly login: string };
}

export interface Forge {
  readonly url: string;
  readonly comments: Comment[];
  readonly pulls: { readonly number: number; readonly head: string; readonly title: string }[];
  /** Method and path of every call. */
  readonly calls: string[];
  close(): Promise<void>;
}

/** Lets in who shows this token. */
export async function startForge(token: string, login = 'github-actions[bot]'): Promise<Forge> {
  const comments: Comment[] = [];
  const pulls: Forge['pulls'] = [];
  const calls: string[] = [];
  const server = createServer((request, response) => {
    void text(Readable.from(request)).then(body => {
      calls.push(`${request.method} ${request.url}`);
      const shown = request.headers['private-token'] ?? request.headers.authorization?.split(' ')[1];
      const { status, answer } =
        shown === token ? respond(request.method ?? '', request.url ?? '', fields(body)) : refused;
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer));
    });
  });

  const respond = (method: string, path: string, given: Record<string, string>): Answer => {
    const [, id] = /\/(?:comments|notes)\/(\d+)$/.exec(path) ?? [];
    const isList = /\/(issues|merge_requests)\/7\/(comments|notes)(\?per_page=100)?$/.test(path);
    if (isList && method === 'GET') return { status: 200, answer: comments };
    if (isList && method === 'POST') {
      comments.push({ id: comments.length + 1, body: given['body'] ?? '', user: { login } });
      return { status: 201, answer: comments.at(-1) };
    }
    const comment = comments.find(one => String(one.id) === id);
    if (comment !== undefined && method === (path.includes('/notes/') ? 'PUT' : 'PATCH')) {
      comment.body = given['body'] ?? '';
      return { status: 200, answer: comment };
    }
    if (/\/pulls$/.test(path) && method === 'GET') return { status: 200, answer: pulls };
    if (/\/pulls$/.test(path) && method === 'POST') {
      pulls.push({ number: pulls.length + 8, head: given['head'] ?? '', title: given['title'] ?? '' });
      return { status: 201, answer: pulls.at(-1) };
    }
    return { status: 404, answer: { message: 'Not Found' } };
  };

  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    comments,
    pulls,
    calls,
    close: () => new Promise(resolve => server.close(() => resolve())),
  };
}

interface Answer {
  readonly status: number;
  readonly answer: unknown;
}

const refused: Answer = { status: 401, answer: { message: 'Bad credentials' } };

/** JSON, or a form as curl's --data-urlencode makes it. */
function fields(body: string): Record<string, string> {
  if (body.startsWith('{')) return JSON.parse(body);
  return Object.fromEntries(new URLSearchParams(body));
}
