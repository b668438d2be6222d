// The fields of custom resources that are rendered here, with their types, and those that must be there, as their definitions have them. Compared
// field by field with these files, each at the commit named; what isn't listed is refused, though the definitions know more:
//   metallb/metallb config/crd/bases/metallb.io_ipaddresspools.yaml 40da9ef119d0, _bgpadvertisements.yaml 0765c0bb43a7, _bgppeers.yaml 027d430505d2
//   metallb/frr-k8s config/crd/bases/frrk8s.metallb.io_frrconfigurations.yaml 08b4e629bae2
//   projectcalico/calico libcalico-go/config/crd/crd.projectcalico.org_bgpconfigurations.yaml 065562ddf53a, _bgpfilters.yaml 07f3cb9887de,
//   _bgppeers.yaml 036c024ded8c: group crd.projectcalico.org/v1 in the data store, projectcalico.org/v3 to the API's clients
//   cilium/cilium pkg/k8s/apis/cilium.io/client/crds/v2/ciliumbgpclusterconfigs.yaml and ciliumbgpnodeconfigoverrides.yaml 0d505231bc68, ciliumbgppeerconfigs.yaml
//   22ca075b2c6f, ciliumbgpadvertisements.yaml 1caf37d44b27, ciliumloadbalancerippools.yaml 5575315f7bf5
// Stricter here: BGPPeer of MetalLB must have peerASN and peerAddress (they may be absent since there are dynamicASN and unnumbered peers),
// an advertisement of Cilium's is of services, with what they need; sourceAddress of Calico's is one of the two words that its description names.
import { Ajv, type ValidateFunction } from 'ajv';

type Shape = object;
const text: Shape = { type: 'string', minLength: 1 };
const flag: Shape = { type: 'boolean' };
const asn: Shape = { type: 'integer', minimum: 0, maximum: 4294967295 };
const list = (items: Shape): Shape => ({ type: 'array', items });
const fields = (properties: Record<string, Shape>, required: string[] = []): Shape => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const selector = fields({ matchLabels: { type: 'object', additionalProperties: text } });
/** A duration of Go's, whole seconds. */
const seconds: Shape = { type: 'string', pattern: '^[0-9]+s$' };
const secret = fields({ name: text, namespace: text });
const rule: Shape = {
  ...fields(
    {
      action: { enum: ['Accept', 'Reject'] },
      cidr: text,
      matchOperator: { enum: ['Equal', 'NotEqual', 'In', 'NotIn'] },
    },
    ['action'],
  ),
  // a rule of the definition: both or none
  dependencies: { cidr: ['matchOperator'], matchOperator: ['cidr'] },
};

const specs: Record<string, Shape> = {
  'metallb.io/v1beta1 IPAddressPool': fields({ addresses: list(text), autoAssign: flag }, ['addresses']),
  'metallb.io/v1beta1 BGPAdvertisement': fields({ ipAddressPools: list(text), peers: list(text) }),
  'metallb.io/v1beta2 BGPPeer': fields(
    {
      ...{ myASN: asn, peerASN: asn, peerAddress: text, sourceAddress: text, ebgpMultiHop: flag },
      ...{ holdTime: seconds, keepaliveTime: seconds, passwordSecret: secret, nodeSelectors: list(selector) },
    },
    ['myASN', 'peerASN', 'peerAddress'],
  ),
  'frrk8s.metallb.io/v1beta1 FRRConfiguration': fields({
    nodeSelector: selector,
    bgp: fields({
      routers: list(
        fields(
          {
            asn,
            prefixes: list(text),
            neighbors: list(
              fields(
                {
                  ...{ address: text, asn, sourceaddress: text, ebgpMultiHop: flag, holdTime: seconds },
                  ...{ keepaliveTime: seconds, passwordSecret: secret },
                  toAdvertise: fields({
                    allowed: fields({ mode: { enum: ['all', 'filtered'] }, prefixes: list(text) }),
                  }),
                },
                ['address', 'asn'],
              ),
            ),
          },
          ['asn'],
        ),
      ),
    }),
  }),
  'cilium.io/v2 CiliumLoadBalancerIPPool': fields({
    blocks: list(fields({ cidr: text })),
    serviceSelector: selector,
  }),
  'cilium.io/v2 CiliumBGPAdvertisement': fields(
    {
      advertisements: list({
        ...fields(
          {
            advertisementType: { enum: ['Service'] },
            service: fields(
              {
                addresses: { ...list({ enum: ['LoadBalancerIP', 'ClusterIP', 'ExternalIP'] }), minItems: 1 },
              },
              ['addresses'],
            ),
            selector: fields({
              matchExpressions: list(
                fields(
                  {
                    key: text,
                    operator: { enum: ['In', 'NotIn', 'Exists', 'DoesNotExist'] },
                    values: list(text),
                  },
                  ['key', 'operator'],
                ),
              ),
            }),
          },
          ['advertisementType', 'service'],
        ),
      }),
    },
    ['advertisements'],
  ),
  'cilium.io/v2 CiliumBGPPeerConfig': fields({
    authSecretRef: text,
    ebgpMultihop: { type: 'integer', minimum: 1, maximum: 255 },
    timers: fields({
      holdTimeSeconds: { type: 'integer', minimum: 3, maximum: 65535 },
      keepAliveTimeSeconds: { type: 'integer', minimum: 1, maximum: 65535 },
    }),
    families: list(
      fields(
        {
          afi: { enum: ['ipv4', 'ipv6'] },
          safi: { enum: ['unicast'] },
          advertisements: selector,
        },
        ['afi', 'safi'],
      ),
    ),
  }),
  'cilium.io/v2 CiliumBGPClusterConfig': fields(
    {
      nodeSelector: selector,
      bgpInstances: {
        ...list(
          fields(
            {
              name: text,
              localASN: { type: 'integer', minimum: 1, maximum: 4294967295 },
              peers: list(
                fields(
                  {
                    name: text,
                    peerASN: asn,
                    peerAddress: text,
                    peerConfigRef: fields({ name: text }, ['name']),
                  },
                  ['name', 'peerAddress'],
                ),
              ),
            },
            ['name'],
          ),
        ),
        minItems: 1,
        maxItems: 16,
      },
    },
    ['bgpInstances'],
  ),
  'cilium.io/v2 CiliumBGPNodeConfigOverride': fields(
    {
      bgpInstances: {
        ...list(
          fields(
            { name: text, routerID: text, peers: list(fields({ name: text, localAddress: text }, ['name'])) },
            ['name'],
          ),
        ),
        minItems: 1,
      },
    },
    ['bgpInstances'],
  ),
  'projectcalico.org/v3 BGPConfiguration': fields({
    asNumber: asn,
    serviceLoadBalancerIPs: list(fields({ cidr: text })),
  }),
  'projectcalico.org/v3 BGPFilter': fields({
    ...{ exportV4: list(rule), importV4: list(rule), exportV6: list(rule), importV6: list(rule) },
  }),
  'projectcalico.org/v3 BGPPeer': fields({
    ...{ node: text, peerIP: text, asNumber: asn, filters: list(text) },
    sourceAddress: { enum: ['UseNodeIP', 'None'] },
    password: fields({ secretKeyRef: fields({ name: text, key: text }, ['key']) }),
  }),
};

const ajv = new Ajv({ strict: true, allErrors: true });

/** Undefined for a kind that isn't listed. */
export function crdOf(apiVersion: string, kind: string): ValidateFunction | undefined {
  const spec = specs[`${apiVersion} ${kind}`];
  if (spec === undefined) return undefined;
  const metadata = fields(
    { name: text, namespace: text, labels: { type: 'object', additionalProperties: text } },
    ['name'],
  );
  return ajv.compile(fields({ apiVersion: text, kind: text, metadata, spec }, ['metadata', 'spec']));
}

const address: Shape = { type: 'string', pattern: '^[0-9a-f.:]+$' };
const prefix: Shape = { type: 'string', pattern: '^[0-9a-f.:]+/\\d{1,3}$' };
const number: Shape = { type: 'integer' };
const addresses: Shape = list(fields({ address: prefix, routePriority: number }, ['address']));
const routes: Shape = list(
  fields({
    destination: prefix,
    gateway: address,
    source: address,
    metric: number,
    mtu: number,
    table: text,
  }),
);
const duration = '^[-+]?(((\\d+(\\.\\d*)?|\\d*(\\.\\d+)+)([nu\u00b5m]?s|m|h))|0)+$';

/** Documents of Talos' machine configuration, as its JSON Schema has them: siderolabs/talos website/content/v1.15/schemas/config.schema.json ad8823176e75. */
const talos: Record<string, Shape> = {
  WireguardConfig: fields(
    {
      ...{ apiVersion: { enum: ['v1alpha1'] }, kind: text, name: text, privateKey: text },
      ...{ listenPort: number, firewallMark: number, mtu: number, addresses, routes },
      peers: list(
        fields(
          {
            ...{ publicKey: text, presharedKey: text, allowedIPs: list(prefix) },
            endpoint: { type: 'string', pattern: '^([0-9a-f.:]+|\\[[0-9a-f:.]+\\]):\\d{1,5}$' },
            persistentKeepaliveInterval: { type: 'string', pattern: duration },
          },
          ['publicKey'],
        ),
      ),
    },
    ['apiVersion', 'kind', 'name', 'privateKey'],
  ),
  LinkConfig: fields(
    { apiVersion: { enum: ['v1alpha1'] }, kind: text, name: text, mtu: number, addresses, routes },
    ['apiVersion', 'kind', 'name'],
  ),
  RoutingRuleConfig: fields(
    {
      apiVersion: { enum: ['v1alpha1'] },
      kind: text,
      name: text,
      table: text,
      fwMark: number,
      fwMask: number,
    },
    ['apiVersion', 'kind', 'name', 'table'],
  ),
  BlackholeRouteConfig: fields(
    { apiVersion: { enum: ['v1alpha1'] }, kind: text, name: text, metric: number },
    ['apiVersion', 'kind', 'name'],
  ),
};

/** Undefined for a kind that isn't listed. */
export function talosOf(kind: string): ValidateFunction | undefined {
  const shape = talos[kind];
  return shape && ajv.compile(shape);
}
