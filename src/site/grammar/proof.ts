// What a proof asks for: how long it may take, and where it goes.
import { parseEndpoint } from '../../wireguard/endpoint.ts';
import { type Fault, type Grammar, strangeCharacter, wordGrammar } from './grammar.ts';

const mostSeconds = 3600;

/** `30s`, `5m`: in seconds, an hour at most; undefined for anything else. */
export function parseSeconds(text: string): number | undefined {
  const found = /^([1-9]\d{0,3})([sm])$/.exec(text);
  if (found === null) return undefined;
  const seconds = Number(found[1]) * (found[2] === 'm' ? 60 : 1);
  return seconds <= mostSeconds ? seconds : undefined;
}

export const seconds: Grammar = {
  pattern: /^[1-9]\d{0,3}[sm]$/,
  examples: ['30s', '5m'],
  check: (text): Fault | undefined =>
    parseSeconds(text) === undefined
      ? {
          message: 'is not a time of at most an hour',
          hint: 'write seconds or minutes: 30s, 5m',
        }
      : undefined,
};

const placeForm = 'write 10.42.4.10:443, "[fd00::1]:443" or srv4.example.net:443';

/** A TCP port somewhere. */
export const tcpPlace: Grammar = {
  pattern: /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):\d{1,5}$/,
  examples: ['10.42.4.10:443', '[fd00:42::10]:443'],
  check: text => {
    if (text === '') return { message: 'is empty', hint: placeForm };
    const strange = strangeCharacter(text, /[A-Za-z0-9.:[\]-]/, placeForm);
    if (strange !== undefined) return strange;
    return parseEndpoint(text) === undefined
      ? { message: 'is no host with a port', hint: placeForm }
      : undefined;
  },
};

const urlForm = 'write http://10.42.4.10:8080/healthz, or https://…';

/** A URL without anything secret: it reaches plans, logs and the arguments of a program on the router. */
export const httpUrl: Grammar = {
  pattern: /^https?:\/\/[!-~]{1,1000}$/,
  examples: ['http://10.42.4.10:8080/healthz'],
  check: text => {
    const strange = strangeCharacter(text, /[A-Za-z0-9\-._~:/?#[\]@!$&()*+,;=%]/, urlForm);
    if (strange !== undefined) return strange;
    const url = /^https?:\/\//.test(text) && URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined) return { message: 'is no URL of http or https', hint: urlForm };
    if (url.username !== '' || url.password !== '')
      return { message: 'holds a name or a password', hint: 'ask for a page that needs none' };
    return text.length > 1000 ? { message: 'is too long', hint: 'at most 1000 characters' } : undefined;
  },
};

/** Which session of BGP is meant. */
export const neighborName: Grammar = wordGrammar({
  pattern: /^[A-Za-z0-9_:][A-Za-z0-9_.:-]{0,62}$/,
  allowed: /[A-Za-z0-9_.:-]/,
  rule: "write a neighbour's address, its tunnel, or the name of a peer there",
  examples: ['192.168.5.4', 'srv4'],
});
