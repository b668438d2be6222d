// `service` as edgewg manages and checks it (docs/edgeos.md 'NAT').
import { matchNodes } from './firewall-nodes.ts';
import { container, leaf, multi, multiOfObjects, type Nodes, oneOf, tag, valueless } from './node.ts';

const { 'mac-address': _, ...match } = matchNodes(4);

const translation: Nodes = { address: leaf('txt'), port: leaf('txt') };

export const service = container({
  dns: container({
    forwarding: container({
      'except-interface': multiOfObjects('txt'),
      'listen-on': multiOfObjects('txt'),
    }),
  }),
  gui: container({ 'http-port': leaf('port'), 'https-port': leaf('port'), 'listen-address': multi('ip') }),
  nat: container({
    rule: tag(
      'u32',
      {
        description: leaf('txt', { range: [1, 256] }),
        destination: container(match),
        disable: valueless,
        exclude: valueless,
        'inbound-interface': leaf('txt'),
        'inside-address': container(translation),
        log: leaf('txt', { oneOf: ['enable', 'disable'], idle: 'disable' }),
        'outbound-interface': leaf('txt'),
        'outside-address': container(translation),
        protocol: leaf('txt', { idle: 'all' }),
        source: container(match),
        type: oneOf('source', 'destination', 'masquerade'),
      },
      { range: [1, 9999] },
    ),
  }),
  ssh: container({ 'listen-address': multi('ip'), port: leaf('port', { default: '22' }) }),
  'ubnt-discover': container({ disable: valueless, interface: tag('txt', { disable: valueless }) }),
});
