// Op mode: the commands of `show` and `generate` that scripts use, by any unique beginning of their words, with the
// refusals of op mode (interactive/01, 02 and 14; transcript probes).
import type { Answer, Call } from '../../call.ts';
import { printRevisions } from '../archive.ts';
import { commandsOf, printLists } from '../commands.ts';
import type { Engine } from '../engine.ts';
import { showVersion } from '../release.ts';
import { show } from '../show.ts';
import { complaint, said } from './answers.ts';
import { generateKey } from './generate.ts';
import { showSessions } from './op-bgp.ts';
import { showFirewall, showInterfaces, showRoutes } from './op-show.ts';
import { wg } from './wg.ts';

type Run = (engine: Engine, call: Call, args: readonly string[]) => Answer | Promise<Answer>;

interface Command {
  readonly words: Readonly<Record<string, Command>>;
  /** What follows is an argument: a name, a file. */
  readonly argument?: Command;
  readonly run?: Run;
  readonly needsAdmin?: boolean;
}

const leaf = (run: Run, needsAdmin = false): Command => ({ words: {}, run, needsAdmin });

const wireguard =
  (field?: string): Run =>
  (engine, call, [name]) =>
    wg(engine, {
      ...call,
      user: 'root',
      args: ['show', name ?? 'all', ...(field === undefined ? [] : [field])],
    });

const wireguardFields: Readonly<Record<string, Command>> = Object.fromEntries(
  [
    'allowed-ips',
    'endpoints',
    'latest-handshakes',
    'peers',
    'persistent-keepalive',
    'public-key',
    'transfer',
  ].map(field => [field, leaf(wireguard(field))]),
);

const commands: Command = {
  words: {
    show: {
      words: {
        configuration: {
          words: {
            all: leaf(engine => showConfiguration(engine, true), true),
            commands: leaf(engine => said(showCommands(engine)), true),
          },
          run: engine => showConfiguration(engine, false),
          needsAdmin: true,
        },
        firewall: {
          words: Object.fromEntries(
            ['name', 'ipv6-name', 'modify'].map(tree => [
              tree,
              { words: {}, argument: leaf((engine, _call, [name]) => showFirewall(engine, tree, name)) },
            ]),
          ),
          run: engine => showFirewall(engine),
        },
        interfaces: {
          words: {
            wireguard: {
              words: wireguardFields,
              argument: { words: wireguardFields, run: wireguard() },
              run: wireguard(),
            },
          },
          run: engine => said(showInterfaces(engine)),
        },
        ip: {
          words: {
            bgp: { words: { summary: leaf(showSessions) } },
            route: leaf(engine => said(showRoutes(engine, 4))),
          },
        },
        ipv6: { words: { route: leaf(engine => said(showRoutes(engine, 6))) } },
        system: { words: { commit: leaf(async engine => said(await printRevisions(engine))) } },
        version: leaf(engine => said(showVersion(engine.release))),
      },
    },
    generate: {
      words: {
        vpn: {
          words: {
            wireguard: {
              words: {
                'private-key': {
                  words: {},
                  argument: leaf((e, c, [file = '']) => generateKey(e, c, 'private', file)),
                },
                'preshared-key': {
                  words: {},
                  argument: leaf((e, c, [file = '']) => generateKey(e, c, 'preshared', file)),
                },
              },
            },
          },
        },
      },
    },
  },
};

export async function opWrapper(engine: Engine, call: Call): Promise<Answer> {
  if (call.args.length === 0) {
    const file = '/opt/vyatta/share/vyatta-op/templates/node.def';
    return complaint(`sed: can't read ${file}: No such file or directory\n\n  Incomplete command: \n\n`);
  }
  let command = commands;
  const done: string[] = [];
  const args: string[] = [];
  for (const word of call.args) {
    const next = step(command, word);
    if (next === undefined) {
      const text = [...done, `[${word}]`].join(' ');
      return complaint(`\n  Invalid command: ${text}\n\n`);
    }
    if (next.isArgument) args.push(word);
    done.push(next.word);
    command = next.command;
  }
  if (command.run === undefined) return complaint(`\n  Incomplete command: ${done.join(' ')}\n\n`);
  if (command.needsAdmin && !engine.isAdmin(call.user))
    return said('Must be an admin user to run this command.\n');
  return command.run(engine, call, args);
}

function step(
  { words, argument }: Command,
  word: string,
): { command: Command; word: string; isArgument: boolean } | undefined {
  const names = Object.hasOwn(words, word)
    ? [word]
    : Object.keys(words).filter(name => name.startsWith(word));
  const [name] = names;
  const found = name === undefined || names.length > 1 ? undefined : words[name];
  if (found !== undefined && name !== undefined) return { command: found, word: name, isArgument: false };
  return argument === undefined ? undefined : { command: argument, word, isArgument: true };
}

function showConfiguration(engine: Engine, defaults: boolean): Answer {
  const { active, templates } = engine;
  const subject = { template: templates, path: [], before: active, after: active, isOne: true };
  return said(show(templates, subject, { defaults, hideSecrets: true }));
}

function showCommands(engine: Engine): string {
  return printLists(commandsOf({ template: engine.templates, isInstance: false, words: [] }, engine.active));
}
