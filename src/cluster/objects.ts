// What kubectl prints as JSON, as far as it is looked at. It comes from a file: nothing in it need be what it should be.
import { nodeName } from '../site/grammar/cluster.ts';
import type { KubernetesObject } from './kubernetes/object.ts';
import type { LiveNode } from './sync.ts';

/** The objects of a list, or the one; undefined when it is no JSON. What has no kind and no name is passed over. */
export function parseObjects(text: string): KubernetesObject[] | undefined {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { items } = fieldsOf(data);
  return (Array.isArray(items) ? items : [data]).filter(isObject);
}

function isObject(one: unknown): one is KubernetesObject {
  const { kind, metadata } = fieldsOf(one);
  return typeof kind === 'string' && typeof fieldsOf(metadata)['name'] === 'string';
}

/** Those with a name that a node can have. */
export function nodesOf(objects: readonly KubernetesObject[]): LiveNode[] {
  return objects
    .filter(({ kind }) => kind === 'Node')
    .map(({ metadata, spec, status }) => {
      const { podCIDR, podCIDRs } = fieldsOf(spec);
      const { addresses } = fieldsOf(status);
      return {
        name: metadata?.name ?? '',
        pods: textsOf(Array.isArray(podCIDRs) ? podCIDRs : [podCIDR]),
        external: textsOf(
          (Array.isArray(addresses) ? addresses : [])
            .map(fieldsOf)
            .map(({ type, address }) => type === 'ExternalIP' && address),
        ),
      };
    })
    .filter(({ name }) => nodeName.check(name) === undefined);
}

/** Of something that may be anything. */
export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function textsOf(values: readonly unknown[]): string[] {
  return values.filter(value => typeof value === 'string');
}
