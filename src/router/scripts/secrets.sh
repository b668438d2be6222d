# Lines of `set` and `delete` on stdin, and what of them may leave the router. $1: `mask` puts a word in place of whatever isn't shown, `keys`
# prints only the literal WireGuard keys, as `private-key KEY`, in the order of mask's marks. What is shown is listed by the names of
# nodes (vyatta/shown-names.ts, put in here when the script is sent): behind any other name it is hidden with all that follows on its
# line, unless nothing secret looks like it. What begins with no command goes on with a value that has a line break in it.
without_secrets() { awk -v mode="$1" -v q="'" "$secret_filter"; }
secret_filter='
    BEGIN {
      list("@boxes@", "name"); list("@shows@", "value"); list("@hides@", "hidden")
    }
    function list(names, what,   n, i, all) {
      n = split(names, all, " ")
      for (i = 1; i <= n; i++) kind[all[i]] = what
    }
    # into token[]; EdgeOS escapes nothing inside quotes, so a word ends at a quote with a blank behind it, or with its line
    function words_of(text,   n, e, rest) {
      if (!index(text, q)) return split(text, token, " ")
      for (rest = text; rest != ""; rest = substr(rest, e + 2)) {
        e = end_of(rest)
        if (e > 0) token[++n] = substr(rest, 1, e)
      }
      return n
    }
    function end_of(text,   e, at) {
      if (substr(text, 1, 1) != q) { e = index(text, " "); return e ? e - 1 : length(text) }
      e = index(substr(text, 2), q " ")
      return e ? e + 1 : length(text)
    }
    function bare(word) {
      if (substr(word, 1, 1) != q) return word
      word = substr(word, 2)
      sub(q "$", "", word)
      return word
    }
    function is_secret(name) {
      return name ~ /(passphrase|password|passwd|pass|secret|key|token|pin|psk)$/ || name ~ /^(community|connection)$/
    }
    # short numbers, addresses, prefixes, ports and times, and the words of switches
    function is_harmless(word) {
      if (word ~ /^(enable|disable|true|false|auto|all|any|none|yes|no|on|off|default)$/) return 1
      if (word ~ /^!?[0-9.\/,:-]+$/) return word !~ /[0-9][0-9][0-9][0-9][0-9][0-9][0-9]/
      return word ~ /^!?[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(\/[0-9]+)?$/
    }
    function has_credentials(word) {
      return index(word, "://") && word ~ /:\/\/[^\/ ]*@/ ||
        word ~ /[=:]/ && tolower(word) ~ /(pass|passwd|password|passphrase|secret|token|psk|key)["\047]? *[=:]/
    }
    function kind_of(parent, name) {
      if ((parent ">" name) in kind) return kind[parent ">" name]
      return (name in kind) ? kind[name] : "hidden"
    }
    # what is shown behind a name that is not listed
    function shown(name, word,   value) {
      value = bare(word)
      if (value == "" || value ~ /^\*+$/) return word
      if (name != "private-key" && name != "preshared-key")
        return !is_secret(name) && is_harmless(value) ? word : "redacted"
      if (word ~ /^[0-9A-Za-z+\/]+=$/ && length(word) == 44) {
        if (mode == "keys") print name, word
        return "literal:@" ++literals
      }
      return value ~ /^\// && value !~ /[^0-9A-Za-z_.\/@+-]/ ? word : "redacted"
    }
    function look(text,   n, i, name, word, told) {
      n = words_of(text)
      told = token[1]
      next_is = "name"
      for (i = 2; i <= n; i++) {
        word = token[i]
        if (next_is == "hidden") return told " " (i == n ? shown(name, word) : "redacted")
        if (has_credentials(word)) return told " redacted"
        told = told " " word
        if (next_is == "value") { next_is = "name"; continue }
        next_is = kind_of(name, word)
        name = word
      }
      return told
    }
    # the text of a comment stands in quotes behind its path
    function comment(text,   at, path) {
      at = index(text, " " q)
      path = substr(text, 1, at - 1)
      if (look(path) != path) return ""
      return next_is == "hidden" || has_credentials(substr(text, at)) ? path " " q "redacted" q : text
    }
    !/^(set|delete|comment) / { if (!hides && mode != "keys") print; next }
    { line = /^comment / && index($0, " " q) ? comment($0) : look($0); hides = line != $0 }
    mode == "mask" && line != "" { print line }'
# Of a running configuration as the filter shows it, so that nobody can guess a password from a published digest. The number
# before it changes with the filter.
digest_of() {
  local sum
  read -r sum _ < <(printf '%s\n' "$1" | without_secrets mask | sha256sum)
  printf '@filter@%s' "$sum"
}
