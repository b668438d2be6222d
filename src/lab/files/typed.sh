# A person's typing in configure mode: the router's shell takes `$`, `;`, `*` and the like in an argument as they are
# (interactive/03b). Each command is an alias that ends in a comment sign, so that bash doesn't touch the rest of the line,
# which is then read from the history.

shopt -s extglob
_vyatta_edits=' set delete rename copy comment edit '
_vyatta_others=' discard show commit commit-confirm confirm compare rollback save load merge up top run exit '

_vyatta_typed() {
  local line commands=${_vyatta_edits# }${_vyatta_others% }
  line=$(HISTTIMEFORMAT='' builtin history 1)
  line=${line#*[0-9]  }
  # The first of them is what the alias stood for; what came before it on the line has run already.
  if [[ -z ${_vyatta_busy-} && $line =~ (^|[;&|{\(!]|then |else |do )[[:space:]]*((${commands//+([[:space:]])/|})([[:space:];|&]|$).*) ]]; then
    local _vyatta_busy=1
    _vyatta_line "${BASH_REMATCH[2]}"
  fi
}

# Runs a line of one or more commands.
_vyatta_line() {
  local words=() rest
  _vyatta_split "$1"
  ((${#words[@]})) || return 0
  local command=${words[0]}
  if [[ $_vyatta_edits$_vyatta_others != *" $command "* ]]; then
    eval "$1"
    return
  fi
  case $rest in
  '&&'*) _vyatta_run && _vyatta_line "${rest#'&&'}" ;;
  '||'*) _vyatta_run || _vyatta_line "${rest#'||'}" ;;
  ';'*) _vyatta_run; _vyatta_line "${rest#';'}" ;;
  *) eval "_vyatta_run $rest" ;; # a pipe or a redirection
  esac
}

_vyatta_run() {
  case $command in
  set | delete | rename | copy | comment | discard) "/opt/vyatta/sbin/my_$command" "${words[@]:1}" ;;
  *) "$command" "${words[@]:1}" ;;
  esac
}

# Splits the line into words; quotes and backslashes work, nothing else is special in an edit. Sets words, and rest from
# the first operator on: one with a space behind it (and, but for `;`, in front), or, in a command that isn't an edit, any.
_vyatta_split() {
  local text=$1 word='' has='' char first
  while [[ -n $text ]]; do
    char=${text:0:1}
    first=${words[0]-$word}
    if [[ $text =~ ^';'([[:space:]]|$) || -z $has && $text =~ ^('&&'|'||'|'|'|'>>'|'>'|'<')([[:space:]]|$) ]] ||
      [[ $char == [\|\;\&\>\<] && -n $first && $_vyatta_edits != *" $first "* ]]; then
      rest=$text
      break
    fi
    if [[ -z $has && $char == '#' ]]; then break; fi
    text=${text:1}
    case $char in
    [[:space:]])
      [[ -z $has ]] || words+=("$word")
      word='' has=''
      continue
      ;;
    "'")
      word+=${text%%"'"*}
      text=${text#*"'"}
      ;;
    '"')
      while [[ -n $text && ${text:0:1} != '"' ]]; do
        [[ ${text:0:1} != "\\" || ${text:1:1} != [\"\\\$\`] ]] || text=${text:1}
        word+=${text:0:1}
        text=${text:1}
      done
      text=${text:1}
      ;;
    "\\")
      word+=${text:0:1}
      text=${text:1}
      ;;
    *) word+=$char ;;
    esac
    has=1
  done
  [[ -z $has ]] || words+=("$word")
}

for _vyatta_command in $_vyatta_edits $_vyatta_others; do
  alias "$_vyatta_command=_vyatta_typed #"
done
unset _vyatta_command
