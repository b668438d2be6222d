# The record of an apply that was saved, in the order in which this router saved them: whatever the clocks of its clients say.

write_record() { # with the digest of what is running
  local after
  mkdir -p "$archive/applies" && after=$(digest_of "$(active)") && printf '%s\n' "$after" >"$S/digest" &&
    record | sed "s/\"digest_after\":null/\"digest_after\":\"$after\"/" >"$archive/applies/$id.new"
} 2>/dev/null
# of the last fifty applies; those of older versions, which have no number, come first
keep_record() {
  local number=0 name old
  for name in "$archive"/applies/s*-*.json; do
    [ ! -e "$name" ] || { name=${name##*/s}; number=${name%%-*}; }
  done
  printf -v name 's%010d-%s.json' "$((10#$number + 1))" "$id"
  mv -f "$archive/applies/$id.new" "$archive/applies/$name" || { rm -f "$archive/applies/$id.new"; name=-; }
  printf 'boot %s\nsaved %s\ndigest %s\nrecord %s\n' "$(cat "$S/boot")" "$(saved_sum)" "$(cat "$S/digest")" "$name" >"$S/evidence"
  find "$archive/applies" -name '*.json' | sort | head -n -50 | while read -r old; do rm -f "$old"; done
} 2>/dev/null
