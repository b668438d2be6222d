// The `%` tokens and `${VARIABLES}` of ssh_config (ssh_config(5), TOKENS).
import { NoAccess } from '../errors.ts';

/** Token letter to its text. */
export type Names = Readonly<Record<string, string>>;

/** Text with its tokens replaced; an unknown one is an error, as with ssh. Variables only where `env` is given. */
export function expand(
  text: string,
  names: Names,
  env?: Readonly<Record<string, string | undefined>>,
): string {
  const filled =
    env === undefined ? text : text.replace(/\$\{([^}]*)\}/g, (_, name: string) => variable(name, text, env));
  return filled.replace(/%(.?)/g, (_, letter: string) => {
    if (letter === '%') return '%';
    const value = Object.hasOwn(names, letter) ? names[letter] : undefined;
    if (value === undefined) throw bad(`'%${letter}' in '${text}' is no token that edgewg knows`);
    return value;
  });
}

function variable(name: string, text: string, env: Readonly<Record<string, string | undefined>>): string {
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (value === undefined) throw bad(`the variable ${name} in '${text}' isn't set`);
  return value;
}

function bad(what: string): NoAccess {
  return new NoAccess('ssh-config-value', `ssh_config: ${what}`, 'write the path out in ssh_config');
}
