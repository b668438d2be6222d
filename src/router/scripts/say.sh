# One record a line: nonce, name, exit code, base64 of the text ('-' for none). What doesn't carry the nonce of this run is nothing
# to the client. The third is a file, or `-` for standard input.
say() { # name code [file]
  printf '%s %s %s ' "$nonce" "$1" "$2"
  if [ "${3-}" = - ]; then local text; text=$(base64 -w0); printf %s "${text:--}"
  elif [ -s "${3-}" ]; then base64 -w0 <"$3"
  else printf -- -
  fi
  echo
}
