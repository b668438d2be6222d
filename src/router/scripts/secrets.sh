# Lines of `set` and `delete` on stdin, and what of them may leave the router. $1: `mask` puts a word in place of every secret, `drop`
# leaves such lines out, `keys` prints only the literal WireGuard keys, as `private-key KEY`, in the order of mask's marks.
# A secret leaf is known by its name (docs/edgeos.md 'Secrets and levels'). EdgeOS escapes nothing inside quotes, so a quoted
# value of a secret goes to the end of its line; what begins with no command goes on with a value that has a line break in it.
without_secrets() {
  awk -v mode="$1" -v q="'" '
    function end_of(text, i,   j, n) {
      n = length(text)
      if (substr(text, i, 1) != q) { j = index(substr(text, i), " "); return j ? i + j - 2 : n }
      for (j = i + 1; j <= n; j++)
        if (substr(text, j, 1) == q && (j == n || substr(text, j + 1, 1) == " ")) return j
      return n
    }
    function is_secret(word) {
      return word ~ /(passphrase|password|pre-shared-secret|key)$/ || word ~ /^(secret|community|connection|psk)$/
    }
    # what is shown for a value; the value itself when it is no secret: the path of a key file, nothing, or stars
    function shown(name, value,   bare) {
      bare = value
      if (substr(bare, 1, 1) == q) { bare = substr(bare, 2); sub(q "$", "", bare) }
      if (bare == "" || bare ~ /^\*+$/) return value
      if (name != "private-key" && name != "preshared-key") return "redacted"
      if (value ~ /^[0-9A-Za-z+\/]+=$/ && length(value) == 44) {
        if (mode == "keys") print name, value
        return "literal:@" ++literals
      }
      return bare ~ /^\// && bare !~ /[^0-9A-Za-z_.\/@+-]/ ? value : "redacted"
    }
    function look(   i, n, e, name, rest, word) {
      n = length(line)
      for (i = 1; i <= n; i = e + 1) {
        while (substr(line, i, 1) == " ") i++
        e = end_of(line, i)
        name = substr(line, i, e - i + 1)
        if (!is_secret(name)) continue
        rest = substr(line, e + 2)
        # the one secret that is the name of a node with others below it
        if (name == "community" && line ~ /^[a-z]+ service snmp community ./) {
          word = substr(rest, 1, end_of(rest, 1))
          if (!(word in communities)) communities[word] = "redacted-" ++count
          return substr(line, 1, e + 1) communities[word] substr(rest, length(word) + 1)
        }
        if (rest != "" && (substr(rest, 1, 1) == q || !index(rest, " ")))
          return substr(line, 1, e + 1) shown(name, rest)
      }
      return line
    }
    !/^(set|delete|comment) / { if (!hides && mode != "keys") print; next }
    { line = $0; hides = 0 }
    /pass|secret|key|community|connection|psk/ { line = look(); hides = line != $0 }
    mode == "mask" || (mode == "drop" && !hides) { print line }'
}
