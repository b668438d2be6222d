# What of it is wanted: the last lines of the script.
case $1 in
  transact) transact; say end 0 ;;
  guard) guard ;;
  watch) watch ;;
  draft) out=$S/out.draft; write_draft ;;
  answer) nonce=$4; answer "$2" "$3" "${5-}" "${6-}" "${7-}" ;;
esac
