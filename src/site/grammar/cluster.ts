// Names of the other end: nodes, their links, images, and references to secrets that are no keys of the router.
import { type Fault, type Grammar, wordGrammar } from './grammar.ts';
import { keySource } from './keys.ts';
import { routerHost } from './names.ts';

/** A node's name is also the value of its label kubernetes.io/hostname, so at most 63 characters. */
export const nodeName: Grammar = wordGrammar({
  pattern: /^(?=.{1,63}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
  allowed: /[a-z0-9.-]/,
  rule: 'write the name as `kubectl get nodes` shows it: small letters, digits, - and .',
  examples: ['srv4', 'srv4.example.net'],
});

/** What Linux takes as the name of an interface (IFNAMSIZ is 16 with its end), without what a shell would understand. */
export const linkName: Grammar = wordGrammar({
  pattern: /^[A-Za-z][A-Za-z0-9_.-]{0,14}$/,
  allowed: /[A-Za-z0-9_.-]/,
  rule: 'an interface has 1 to 15 letters, digits, _ . - and begins with a letter',
  examples: ['eno1', 'wg0'],
});

export const networkFile: Grammar = wordGrammar({
  pattern: /^[A-Za-z0-9][A-Za-z0-9_.@-]{0,99}\.network$/,
  allowed: /[A-Za-z0-9_.@-]/,
  rule: 'write the name of a file such as 10-netplan-eno1.network',
  examples: ['10-netplan-eno1.network'],
});

/** A namespace or another name of one DNS label (RFC 1123). */
export const labelName: Grammar = wordGrammar({
  pattern: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  allowed: /[a-z0-9-]/,
  rule: 'write 1 to 63 small letters, digits and -',
  examples: ['edgewg'],
});

/** The key of a label, perhaps with a prefix. */
export const labelKey: Grammar = wordGrammar({
  pattern: /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/,
  allowed: /[A-Za-z0-9_./-]/,
  rule: 'write a label such as node-role.kubernetes.io/edge',
  examples: ['node-role.kubernetes.io/edge'],
});

export const labelValue: Grammar = {
  pattern: /^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/,
  examples: ['true', ''],
  check: text =>
    labelValue.pattern.test(text)
      ? undefined
      : { message: "is no label's value", hint: 'write at most 63 letters, digits, - _ and .' },
};

/** A tag can be moved to another image; a digest can't. */
export const pinnedImage: Grammar = {
  pattern: /^[a-z0-9][a-z0-9._:/-]{0,199}@sha256:[0-9a-f]{64}$/,
  examples: [`registry.example.net/wireguard@sha256:${'0'.repeat(64)}`],
  check: text => {
    if (pinnedImage.pattern.test(text)) return undefined;
    const hint = 'write NAME@sha256:DIGEST; `docker buildx imagetools inspect NAME:TAG` shows the digest';
    return { message: 'is not an image with its digest', hint };
  },
};

/** Where the nodes reach the router. */
export const routerName: Grammar = {
  pattern: routerHost.pattern,
  examples: ['home.example.net', '198.51.100.2'],
  check: text => {
    const fault = routerHost.check(text);
    // what router.host may be besides means nothing on a node
    const hint = "write a host name, or an address without brackets; the port is the tunnel's listenPort";
    return fault && { ...fault, hint };
  },
};

const forms = 'write env:NAME, file:PATH or command:WORDS';

/** A secret by reference; never the secret itself, and no file on the router. */
export const reference: Grammar = {
  pattern: /^(env:[A-Za-z_][A-Za-z0-9_]*|(file|command):[ -~]+)$/,
  examples: ['env:BGP_PASSWORD', 'file:secrets/bgp', 'command:sops -d bgp.enc'],
  check: (text): Fault | undefined =>
    /^(env|file|command):/.test(text)
      ? keySource.check(text)
      : { message: 'is no reference to a secret', hint: forms },
};

/** `made-on-node`, or where the node's private key comes from. */
export const nodeKey: Grammar = {
  pattern: /^(made-on-node|env:[A-Za-z_][A-Za-z0-9_]*|(file|command):[ -~]+)$/,
  examples: ['made-on-node', 'command:sops -d srv4.key.enc'],
  check: text => {
    if (text === 'made-on-node') return undefined;
    const fault = reference.check(text);
    return fault?.hint === forms ? { ...fault, hint: `write made-on-node, or ${forms.slice(6)}` } : fault;
  },
};
