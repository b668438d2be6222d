// Prepares the lab's folder before the box starts: everything in it that isn't a user's (system files, wrapper commands,
// scripts) is made anew each time, while no process of the box runs that could put a link in its way. What lies below
// root/config, root/home and root/root is kept.
import { access, chmod, copyFile, lchown, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shippedFile } from '../../shipped.ts';

export interface Layout {
  /** Files by their path inside the box; only below /etc, /opt and /var, which are made anew. */
  readonly files: Readonly<Record<string, string>>;
  /** Programs: the path inside the box, and the file of src/lab/files that it is (or another path inside). */
  readonly programs: Readonly<Record<string, string>>;
  /** Directories that are there though empty, below the same. */
  readonly directories: readonly string[];
  /** Files and directories of a new folder, below /config; later they are the client's, who may make links of them. */
  readonly initial: {
    readonly files: Readonly<Record<string, string>>;
    readonly directories: readonly string[];
  };
}

const anew = ['etc', 'opt', 'run', 'tmp', 'var'];
const kept = ['config', 'home', 'root'];

/** Fills `folder` (root/ and lab/). Everything gets the owner when one is given (the box's, where the lab is root). */
export async function layOut(folder: string, layout: Layout, owner?: number): Promise<void> {
  const root = join(folder, 'root');
  const run = join(folder, 'lab', 'run');
  const isNew = !(await exists(root));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await Promise.all(
    [...anew.map(name => join(root, name)), join(folder, 'lab')].map(path =>
      rm(path, { recursive: true, force: true }),
    ),
  );
  await Promise.all([...anew, ...kept].map(name => mkdir(join(root, name), { recursive: true })));
  await mkdir(join(run, 'files'), { recursive: true });
  await mkdir(join(run, 'unreadable'), { mode: 0 });
  await mkdir(join(folder, 'lab', 'own'));
  await fill(root, layout);
  if (isNew) await fill(root, layout.initial);
  await Promise.all(Object.entries(layout.programs).map(([path, file]) => link(folder, path, file)));
  const files = fileURLToPath(shippedFile('dist/src/lab/files'));
  for (const name of await readdir(files)) {
    await copyFile(join(files, name), join(run, 'files', name));
    await chmod(join(run, 'files', name), 0o755);
  }
  await chmod(join(root, 'tmp'), 0o1777);
  if (owner !== undefined) await give(folder, owner);
}

/** Lets `date` inside show another time than the system's (files/date.sh). */
export async function tellClock(folder: string, offsetSeconds: number): Promise<void> {
  await writeFile(join(folder, 'lab', 'run', 'clock'), `${offsetSeconds}\n`);
}

/** Those of /usr stand among the system's, which root.sh puts together; /run/lab is a folder of its own. */
async function link(folder: string, path: string, file: string): Promise<void> {
  const merged = path.replace(/^\/(s?bin)\//, '/usr/$1/');
  const inside = merged.startsWith('/usr/') ? join('lab/own', merged) : join('root', merged);
  const place = join(
    folder,
    merged.startsWith('/run/') ? merged.slice(1).replace(/^run\/lab/, 'lab/run') : inside,
  );
  await mkdir(dirname(place), { recursive: true });
  await symlink(file.startsWith('/') ? file : `/run/lab/files/${file}`, place);
}

async function fill(
  root: string,
  { files, directories }: Pick<Layout, 'files' | 'directories'>,
): Promise<void> {
  await Promise.all(directories.map(path => mkdir(join(root, path), { recursive: true })));
  await Promise.all(Object.entries(files).map(([path, text]) => put(join(root, path), text)));
}

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  // as edgewg makes key files: the group of the admins may read them, others not
  const mode = path.includes('/config/auth/') ? 0o640 : path.includes('/etc/ssh/') ? 0o600 : 0o666;
  await writeFile(path, text, { mode });
}

async function give(path: string, owner: number): Promise<void> {
  await lchown(path, owner, owner);
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  await Promise.all(
    entries.map(entry =>
      entry.isDirectory()
        ? give(join(path, entry.name), owner)
        : lchown(join(path, entry.name), owner, owner),
    ),
  );
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
