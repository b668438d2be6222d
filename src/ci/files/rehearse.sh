edgewg lab --seed "$SNAPSHOT" --variables lab.env > lab.log 2>&1 &
lab=$!
trap 'kill "$lab" 2> /dev/null && wait "$lab" || true; rm -f lab.env lab.log rehearsal.log' EXIT
until [ -s lab.env ]; do
  kill -0 "$lab" 2> /dev/null || { cat lab.log; exit 4; }
  sleep 1
done
. ./lab.env
# the lab makes keys of its own, which no node knows
export EDGEWG_ALLOW="${EDGEWG_ALLOW:+$EDGEWG_ALLOW,}router-key"
edgewg snapshot > before.snapshot
code=0
edgewg plan --detailed-exitcode > rehearsal.log || code=$?
case $code in
  0) echo "nothing to rehearse: the plan is empty"; exit 0 ;;
  2) ;;
  *) cat rehearsal.log; exit "$code" ;;
esac
edgewg apply --yes
edgewg plan --detailed-exitcode > rehearsal.log || { cat rehearsal.log; echo "the second plan is not empty"; exit 1; }
echo "the second plan is empty"
edgewg rollback --yes > rehearsal.log || { cat rehearsal.log; exit 1; }
edgewg snapshot > after.snapshot
diff <(grep -v '^#' before.snapshot) <(grep -v '^#' after.snapshot) || { echo "the rollback is not exact"; exit 1; }
echo "the rollback is exact"
