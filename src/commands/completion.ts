// `completion`: the script by which a shell asks edgewg what may stand where the cursor is.
import { Exit } from '../errors.ts';
import { completionKey, defineCommand } from './command.ts';

const shells = ['bash', 'zsh', 'fish'] as const;

export const command = defineCommand({
  command: 'completion [shell]',
  describe: 'print a completion script: completion bash, zsh or fish',
  positionals: { shell: { choices: shells, describe: 'default: the shell of SHELL' } },
  options: {},
  examples: [
    ['edgewg completion bash > edgewg.bash', 'then: source it from ~/.bashrc'],
    ['edgewg completion zsh > _edgewg', 'then: into a folder of $fpath'],
    ['edgewg completion fish > edgewg.fish', 'then: into ~/.config/fish/completions'],
  ],
  async run({ shell }, io) {
    const own = shells.find(name => (io.env['SHELL'] ?? '').endsWith(`/${name}`));
    io.stdout.write(scripts[shell ?? own ?? 'bash']);
    return Exit.done;
  },
});

/** Where edgewg has nothing to offer, the shell offers files. */
const scripts: Readonly<Record<(typeof shells)[number], string>> = {
  bash: `# bash completion for edgewg: source it from ~/.bashrc
_edgewg() {
  local offer
  COMPREPLY=()
  while IFS= read -r offer; do
    COMPREPLY+=("$offer")
  done < <(edgewg ${completionKey} bash "\${COMP_WORDS[@]:0:COMP_CWORD+1}" 2>/dev/null)
}
complete -o bashdefault -o default -F _edgewg edgewg
`,
  zsh: `#compdef edgewg
# zsh completion for edgewg: put it as _edgewg into a folder of $fpath
_edgewg() {
  local -a offers
  offers=("\${(@f)$(edgewg ${completionKey} zsh "\${(@)words[1,CURRENT-1]}" "$PREFIX" 2>/dev/null)}")
  if [[ -n "$offers[1]" ]]; then
    _describe edgewg offers
  else
    _files
  fi
}
if [[ "\${zsh_eval_context[-1]}" == loadautofunc ]]; then
  _edgewg "$@"
else
  compdef _edgewg edgewg
fi
`,
  fish: `# fish completion for edgewg: put it into ~/.config/fish/completions
function __edgewg_offers
    set -l current (commandline -ct)
    set -l offers (edgewg ${completionKey} fish (commandline -opc) "$current" 2>/dev/null)
    if test (count $offers) -gt 0
        printf '%s\\n' $offers
    else
        __fish_complete_path "$current"
    end
end
complete -c edgewg -f -a '(__edgewg_offers)'
`,
};
