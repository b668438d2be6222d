# The record of an apply that was saved, in the order in which this router saved them: whatever the clocks of its clients say.

# of what is running; its descriptor in `summing`
begin_digest() { exec {summing}< <(exec sha256sum < <(exec awk -v mode=mask -v q="'" "$secret_filter" < <(active 2>/dev/null))); }
end_digest() {
  local sum
  read -r sum _ <&"$summing"
  exec {summing}<&-
  # that of nothing at all is none
  case $sum in '' | e3b0c44298fc1c14*) return 1 ;; esac
  digest=@filter@$sum
}
write_record() { # once the digest is there
  local blank='"digest_after":null' known='"digest_after":"'$digest'"'
  [ -d "$archive/applies" ] || mkdir -p "$archive/applies"
  printf '%s\n' "${record/$blank/$known}" >"$archive/applies/$id.new"
} 2>/dev/null
# of the last fifty applies; those of older versions, which have no number, come first
keep_record() {
  local number=0 name sum id_of_boot all
  for name in "$archive"/applies/s*-*.json; do
    [ ! -e "$name" ] || { name=${name##*/s}; number=${name%%-*}; }
  done
  printf -v name 's%010d-%s.json' "$((10#$number + 1))" "$id"
  mv -f "$archive/applies/$id.new" "$archive/applies/$name" || { rm -f "$archive/applies/$id.new"; name=-; }
  read -r sum _ < <(exec sha256sum "$boot")
  # whoever emptied /tmp took the record of the restart with the rest
  read -r id_of_boot <"$S/boot"
  evidence="boot $id_of_boot"$'\n'"saved $sum"$'\n'"digest $digest"$'\n'"record $name"$'\n'
  all=("$archive"/applies/*.json)
  [ "${#all[@]}" -le 50 ] || rm -f "${all[@]:0:${#all[@]} - 50}"
} 2>/dev/null
