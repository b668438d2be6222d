edgewg lab --seed "$SNAPSHOT" --variables lab.env > lab.log 2>&1 &
lab=$!
trap 'kill "$lab"; rm -f lab.env lab.log' EXIT
until [ -s lab.env ]; do
  kill -0 "$lab" 2>/dev/null || { cat lab.log; exit 4; }
  sleep 1
done
. ./lab.env
edgewg snapshot > before.snapshot
code=0
edgewg plan --detailed-exitcode > /dev/null || code=$?
case $code in
  0) echo "nothing to rehearse: the plan is empty"; exit 0 ;;
  2) ;;
  *) exit "$code" ;;
esac
edgewg apply --yes
edgewg plan --detailed-exitcode > /dev/null
echo "the second plan is empty"
edgewg rollback --yes > /dev/null
edgewg snapshot > after.snapshot
diff <(grep -v '^#' before.snapshot) <(grep -v '^#' after.snapshot)
echo "the rollback is exact"
