// What every object of Kubernetes has here, and how a list of them becomes a text.
import { printYaml } from '../../site/print-yaml.ts';

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly [key: string]: unknown;
}

/** Label of all that is made here, so that `kubectl get all -l` finds it. */
export const labels = { 'app.kubernetes.io/name': 'edgewg', 'app.kubernetes.io/managed-by': 'edgewg' };

export const hostname = 'kubernetes.io/hostname';

/** The documents in their order; keys stay in the order in which they were written. */
export function printObjects(objects: readonly KubernetesObject[]): string {
  return objects.map(printYaml).join('---\n');
}
