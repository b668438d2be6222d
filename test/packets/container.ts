// A node of the cluster that runs the pod of a DaemonSet: what kubelet and the container's runtime do, from the manifests as they are. The container
// has a root of its own with the machine's programs as its image, the volumes that are mounted, and the capabilities that are added.
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type Machine, type Ran, until } from './machine.ts';

interface Mount {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly?: boolean;
}

interface Volume {
  readonly name: string;
  readonly configMap?: { readonly name: string };
  readonly secret?: { readonly secretName: string; readonly defaultMode: number };
  readonly hostPath?: { readonly path: string; readonly type: string };
}

interface PodSpec {
  readonly hostNetwork: boolean;
  readonly terminationGracePeriodSeconds: number;
  readonly affinity: {
    readonly nodeAffinity: {
      readonly requiredDuringSchedulingIgnoredDuringExecution: {
        readonly nodeSelectorTerms: readonly {
          readonly matchExpressions: readonly { readonly key: string; readonly values: readonly string[] }[];
        }[];
      };
    };
  };
  readonly containers: readonly {
    readonly command: readonly string[];
    readonly env: readonly {
      readonly name: string;
      readonly valueFrom: { readonly fieldRef: { readonly fieldPath: string } };
    }[];
    readonly readinessProbe: { readonly exec: { readonly command: readonly string[] } };
    readonly livenessProbe: { readonly exec: { readonly command: readonly string[] } };
    readonly securityContext: {
      readonly allowPrivilegeEscalation: boolean;
      readonly readOnlyRootFilesystem: boolean;
      readonly runAsUser: number;
      readonly capabilities: { readonly drop: readonly string[]; readonly add: readonly string[] };
    };
    readonly volumeMounts: readonly Mount[];
  }[];
  readonly volumes: readonly Volume[];
}

interface KubernetesObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
  readonly spec?: { readonly template: { readonly spec: PodSpec } };
}

/** Every object below a folder, as a reader of YAML 1.1 understands it: Kubernetes' own reader is one, and PyYAML stands for it. */
export function objectsBelow(folder: string): KubernetesObject[] {
  const texts = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.yaml') && entry.name !== 'kustomization.yaml')
    .map(entry => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  const script =
    'import json, sys, yaml; print(json.dumps([d for t in json.load(sys.stdin) for d in yaml.safe_load_all(t)]))';
  const read = execFileSync('python3', ['-c', script], { input: JSON.stringify(texts), encoding: 'utf8' });
  return JSON.parse(read) as KubernetesObject[];
}

/** Where the node's own files are, as the container's hostPath means them. */
export const nodeRoot = '/run/node';
const root = '/run/container';

/** Pods that the node's name selects; there must be one. */
function podFor(objects: readonly KubernetesObject[], node: string): PodSpec {
  const pods = objects
    .flatMap(({ kind, spec }) => (kind === 'DaemonSet' && spec !== undefined ? [spec.template.spec] : []))
    .filter(pod =>
      pod.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms.some(term =>
        term.matchExpressions.every(one => one.key === 'kubernetes.io/hostname' && one.values.includes(node)),
      ),
    );
  const [pod] = pods;
  assert.equal(pods.length, 1, `pods for ${node}`);
  assert.ok(pod?.hostNetwork);
  return pod;
}

export class Container {
  readonly #machine: Machine;
  readonly #node: string;
  readonly #pod: PodSpec;
  readonly #process: ChildProcess;
  /** What it printed. */
  said = '';

  private constructor(machine: Machine, node: string, pod: PodSpec, process: ChildProcess) {
    this.#machine = machine;
    this.#node = node;
    this.#pod = pod;
    this.#process = process;
    const hear = (text: Buffer): void => {
      this.said += text;
    };
    process.stdout?.on('data', hear);
    process.stderr?.on('data', hear);
  }

  static start(machine: Machine, objects: readonly KubernetesObject[], node: string): Container {
    const pod = podFor(objects, node);
    const [container] = pod.containers;
    assert.ok(container);
    const mounts = container.volumeMounts.map(mount => {
      const volume = pod.volumes.find(({ name }) => name === mount.name);
      assert.ok(volume, mount.name);
      return { ...mount, source: sourceOf(machine, volume, objects) };
    });
    const words = [...inside(node, pod), ...container.command];
    const process = machine.spawn([
      'unshare',
      '-m',
      '-p',
      '--fork',
      '--propagation',
      'private',
      'sh',
      '-euc',
      makeRoot(mounts),
      'sh',
      ...words,
    ]);
    return new Container(machine, node, pod, process);
  }

  /** As kubelet runs a probe. */
  exec(which: 'readinessProbe' | 'livenessProbe'): Ran {
    const pid = this.#pid();
    if (pid === undefined) return { exit: 125, stdout: '', stderr: 'no process' };
    const command = this.#pod.containers[0]?.[which].exec.command ?? [];
    const enter = ['nsenter', '-t', String(pid), '-m', '-p', '--'];
    return this.#machine.try([...enter, ...inside(this.#node, this.#pod), ...command]);
  }

  async ready(): Promise<void> {
    const probes = ['readinessProbe', 'livenessProbe'] as const;
    await until(
      `the pod on ${this.#node} is ready`,
      () => {
        assert.equal(this.#process.exitCode, null, `it ended: ${this.said}`);
        return probes.every(probe => this.exec(probe).exit === 0) || undefined;
      },
      () => `${this.said}${JSON.stringify(probes.map(probe => this.exec(probe)))}`,
    );
  }

  /** Stops its processes where they are, or lets them go on. Probes are processes of their own. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    const first = this.#pid() ?? assert.fail(this.said);
    const space = readlinkSync(`/proc/${first}/ns/pid`);
    for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name)))
      try {
        if (readlinkSync(`/proc/${pid}/ns/pid`) === space) process.kill(Number(pid), signal);
      } catch {
        // it has just ended by itself
      }
  }

  /** TERM, as kubelet does; gives the exit code, or undefined where KILL would have followed. */
  async stop(): Promise<number | undefined> {
    const end = once(this.#process, 'exit') as Promise<[number | null]>;
    process.kill(this.#pid() ?? assert.fail(this.said), 'SIGTERM');
    const late = new Promise<undefined>(resolve => {
      setTimeout(() => resolve(undefined), this.#pod.terminationGracePeriodSeconds * 1000).unref();
    });
    const ended = await Promise.race([end, late]);
    return ended?.[0] ?? undefined;
  }

  /** The first process of the container, which is 1 to itself. */
  #pid(): number | undefined {
    const { pid } = this.#process;
    const children = existsSync(`/proc/${pid}`)
      ? readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      : '';
    return children === '' ? undefined : Number(children.trim());
  }
}

/** From the node into the container's root, as its user with its capabilities. */
function inside(node: string, pod: PodSpec): string[] {
  const [container] = pod.containers;
  assert.ok(container);
  const { securityContext: context, env } = container;
  assert.deepEqual([context.capabilities.drop, context.runAsUser], [['ALL'], 0]);
  const added = context.capabilities.add.map(name => `,+${name.toLowerCase()}`).join('');
  const variables = env.map(({ name, valueFrom }) => {
    assert.equal(valueFrom.fieldRef.fieldPath, 'spec.nodeName');
    return `${name}=${node}`;
  });
  return [
    ...['env', '-i', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...variables],
    ...['chroot', root, 'setpriv', `--bounding-set=-all${added}`, '--inh-caps=-all', '--ambient-caps=-all'],
    ...(context.allowPrivilegeEscalation ? [] : ['--no-new-privs']),
  ];
}

/** Where a volume is on the node. */
function sourceOf(machine: Machine, volume: Volume, objects: readonly KubernetesObject[]): string {
  const { hostPath, configMap, secret } = volume;
  const place = `/run/volumes/${volume.name}`;
  if (hostPath !== undefined) {
    const path = `${nodeRoot}${hostPath.path}`;
    const make = {
      DirectoryOrCreate: `mkdir -p ${path}`,
      FileOrCreate: `mkdir -p ${join(path, '..')}; touch ${path}`,
    }[hostPath.type];
    machine.sh(make ?? assert.fail(hostPath.type));
    return path;
  }
  const [kind, name] =
    configMap === undefined ? ['Secret', secret?.secretName] : ['ConfigMap', configMap.name];
  const object = objects.find(one => one.kind === kind && one.metadata.name === name);
  assert.ok(object, `${kind} ${name}`);
  for (const [entry, text] of Object.entries(object.data ?? object.stringData ?? {})) {
    machine.writeReadable(`${place}/${entry}`, text);
    if (secret !== undefined) machine.run(['chmod', secret.defaultMode.toString(8), `${place}/${entry}`]);
  }
  return place;
}

/** A script that makes the container's root and goes on as the words behind it. */
function makeRoot(mounts: readonly (Mount & { source: string })[]): string {
  const system = ['usr', 'bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32', 'etc/alternatives'];
  return `
    mkdir -p ${root}
    mount -t tmpfs tmpfs ${root}
    cd ${root}
    mkdir proc sys dev etc run tmp var
    ln -s ../run var/run
    for name in ${system.join(' ')}; do
      if [ -L /$name ]; then cp -P /$name $name
      elif [ -d /$name ]; then mkdir -p $name; mount --bind -o ro /$name $name; fi
    done
    mount -t proc proc proc
    mount -t sysfs -o ro sysfs sys
    for name in null zero urandom; do touch dev/$name; mount --bind /dev/$name dev/$name; done
    ln -s /proc/self/fd/0 dev/stdin
    ln -s /proc/self/fd dev/fd
    # the kernel's WireGuard needs nothing here; wireguard-go is asked by its socket
    mkdir run/wireguard
    mount --bind /run/wireguard run/wireguard
    ${mounts
      .map(({ source, mountPath, readOnly }) => {
        const target = `.${mountPath}`;
        const options = readOnly === true ? '-o ro ' : '';
        return `if [ -d ${source} ]; then mkdir -p ${target}; else mkdir -p ${join(target, '..')}; touch ${target}; fi
    mount --bind ${options}${source} ${target}`;
      })
      .join('\n    ')}
    mount -o remount,ro ${root}
    exec "$@"`;
}
