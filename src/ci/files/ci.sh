#!/usr/bin/env bash
# What the jobs of edgewg do, the same on every CI system: bash .edgewg/ci.sh JOB. Written by `edgewg init --ci`; yours from now on.
# From the environment: SITES, the site file, or a pattern for several of them; SNAPSHOT, that of the one file (of several: NAME.snapshot
# beside NAME.yaml); LABELS of the pull request; ROUTER_KEY, a private key, or a file that holds one; and what edgewg itself reads.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export PATH="$PWD/.edgewg/node_modules/.bin:$PATH" OUT=${OUT:-edgewg-out}
artifact=${ARTIFACT:-"the log of the job"}

# Exactly the program that wrote this file: npm holds the tarball in the repository against the lock file, and asks no registry.
install() {
  npm ci --prefix .edgewg --offline --ignore-scripts --no-audit --no-fund
  edgewg --version
}

# JOB once for every site file, in a shell of its own. Ends with the worst exit code; with `stop` none begins after one that failed.
each() {
  local job=$1 stops=${2:-} worst=0 code file
  for file in $SITES; do
    [ -f "$file" ] || { echo "there is no site file $file"; exit 3; }
    [ "$file" = "$SITES" ] || echo "== $file"
    code=0
    EDGEWG_FILE=$file SNAPSHOT=$(snapshot_of "$file") AT=$OUT/$(basename "${file%.*}") bash "$0" "one-$job" || code=$?
    worst=$(worse "$code" "$worst")
    [ -z "$stops" ] || [ "$code" = 0 ] || break
  done
  return "$worst"
}
snapshot_of() { if [ "$1" = "$SITES" ] && [ -n "${SNAPSHOT:-}" ]; then echo "$SNAPSHOT"; else echo "${1%.*}.snapshot"; fi; }
# in the order of edgewg itself: 2 is only work to do
worse() {
  local code
  for code in 6 5 130 143 129 4 3 1 2 0; do
    if [ "$code" = "$1" ] || [ "$code" = "$2" ]; then echo "$code" && return; fi
  done
  echo "$1"
}

# Refusals that are lifted for this pull request alone, by labels such as `edgewg-allow:delete=1`; who may not write here can't set one.
allow() {
  local names
  names=$(tr ',' '\n' <<< "${LABELS:-}" | sed -n 's/^ *edgewg-allow:\([a-z][a-z-]*\(=[0-9]\{1,6\}\)\{0,1\}\) *$/\1/p')
  EDGEWG_ALLOW=$(printf '%s\n' "$@" "$names" | sed '/^$/d' | paste -s -d, -)
  if [ -n "$EDGEWG_ALLOW" ]; then export EDGEWG_ALLOW; else unset EDGEWG_ALLOW; fi
  [ -z "$names" ] || echo "lifted by labels: $(paste -s -d' ' - <<< "$names")"
}
# the labels that the pull request had which was merged as this commit
merged_labels() { LABELS=$(node "$here/forge.mjs" labels) && export LABELS; }

agent() {
  local key=$ROUTER_KEY
  # GitLab's, by the name of its variable
  case $key in EDGEWG_*_KEY) key=${!key} ;; esac
  if [ -f "$key" ]; then key=$(cat "$key"); fi
  eval "$(ssh-agent -s)" > /dev/null
  trap 'ssh-agent -k > /dev/null' EXIT
  ssh-add -q - <<< "$key"
}

# of a pull request, against the snapshot: reaches no router
plan() {
  local code=0
  rm -rf "$OUT"
  each plan || code=$?
  if [ -n "${GITHUB_OUTPUT:-}" ]; then printf '%s\n' "code=$code" "plan=$(echo "$OUT"/*/plan.json)" >> "$GITHUB_OUTPUT"; fi
  case $code in 0 | 2) echo "the plan can be applied" ;; *) exit "$code" ;; esac
}
one_plan() {
  local code=0 annotated=()
  allow
  if [ -n "${GITHUB_ACTIONS:-}" ]; then annotated=(--format github); fi
  edgewg validate "${annotated[@]}"
  mkdir -p "$AT"
  edgewg plan --running "$SNAPSHOT" --out "$AT/plan.json" --detailed-exitcode || code=$?
  [ -s "$AT/plan.json" ] || exit "$code"
  edgewg show "$AT/plan.json" --format sarif > "$AT/edgewg.sarif"
  edgewg show "$AT/plan.json" --format markdown --artifact "$artifact" --max-length "${COMMENT_BYTES:-65536}" > "$AT/comment.md"
  if [ -n "${GITHUB_ACTIONS:-}" ]; then edgewg show "$AT/plan.json" --format github; fi
  if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
    edgewg show "$AT/plan.json" --format markdown --artifact "$artifact" --max-length 1000000 >> "$GITHUB_STEP_SUMMARY"
  fi
  exit "$code"
}

# one comment for each router, which the next plan replaces
comment() {
  for file in "$OUT"/*/comment.md; do
    if [ -f "$file" ]; then node "$here/forge.mjs" comment "$file"; fi
  done
}

# of a pull request, on a lab router that is made for it: apply, a second plan that is empty, a rollback that is exact
one_rehearse() {
  mkdir -p "$AT"
  edgewg lab --seed "$SNAPSHOT" --variables "$AT/lab.env" > "$AT/lab.log" 2>&1 &
  lab=$!
  trap 'kill "$lab" 2> /dev/null && wait "$lab" || true; rm -f "$AT/lab.env" "$AT/lab.log"' EXIT
  until [ -s "$AT/lab.env" ]; do
    kill -0 "$lab" 2> /dev/null || { cat "$AT/lab.log"; exit 4; }
    sleep 1
  done
  # shellcheck source=/dev/null
  . "$AT/lab.env"
  try_out
}
# The router has keys of its own, which no other end knows: EW401 is lifted.
try_out() {
  local code=0 log=$AT/try-out.log
  allow router-key
  edgewg snapshot > "$AT/before.snapshot"
  edgewg plan --detailed-exitcode > "$log" || code=$?
  case $code in
    0) echo "nothing to try out: the plan is empty" && return ;;
    2) ;;
    *) cat "$log" && exit "$code" ;;
  esac
  edgewg apply --yes
  edgewg plan --detailed-exitcode > "$log" || { cat "$log" && echo "the second plan is not empty" && exit 1; }
  echo "the second plan is empty"
  edgewg rollback --yes > "$log" || { cat "$log" && exit 1; }
  edgewg snapshot > "$AT/after.snapshot"
  diff <(grep -v '^#' "$AT/before.snapshot") <(grep -v '^#' "$AT/after.snapshot") || { echo "the rollback is not exact" && exit 1; }
  echo "the rollback is exact"
}

# Of a pull request of this repository, on a real router that is there for it: the same, begun and ended with what the snapshot has.
lab_router() {
  EDGEWG_FILE=${LAB_FILE:-$(set -- $SITES && echo "$1")} AT=$OUT/lab-router
  SNAPSHOT=$(snapshot_of "$EDGEWG_FILE")
  export EDGEWG_FILE EDGEWG_ROUTER=$EDGEWG_LAB_ROUTER
  agent
  allow router-key
  mkdir -p "$AT"
  reset_lab_router
  try_out
}
# What a job that died has left there is undone. A router on which the plan is another than on the snapshot even so is for a person.
reset_lab_router() {
  edgewg plan --running "$SNAPSHOT" --out "$AT/reviewed.json" > /dev/null
  if ! is_as_snapshot; then
    echo "the lab router is not as the snapshot: undoing what was applied to it last"
    edgewg rollback --yes || true
    if ! is_as_snapshot; then
      edgewg plan --compare "$AT/reviewed.json" || true
      echo "the lab router is not as the snapshot: load it there"
      exit 1
    fi
  fi
  echo "the lab router is as the snapshot"
}
# The plan is the same. A key file may be there already: a rollback leaves it.
is_as_snapshot() {
  edgewg plan --out "$AT/now.json" > /dev/null || return 1
  node -e 'const [a, b] = process.argv.slice(1).map(name => JSON.stringify(JSON.parse(require("fs").readFileSync(name)).commits)); process.exit(a === b ? 0 : 1)' \
    "$AT/reviewed.json" "$AT/now.json"
}

# of what was merged: is the plan on the router still what was reviewed? Notes the site files that have something to apply.
live() {
  merged_labels
  agent
  rm -rf "$OUT" && mkdir -p "$OUT"
  each live
  if [ -s "$OUT/to-apply" ]; then echo "to apply: $(paste -s -d' ' "$OUT/to-apply")"; else echo "nothing to apply"; fi
  if [ -n "${GITHUB_OUTPUT:-}" ]; then echo "apply=$([ ! -s "$OUT/to-apply" ] || echo yes)" >> "$GITHUB_OUTPUT"; fi
}
one_live() {
  local code=0
  allow
  mkdir -p "$AT"
  edgewg plan --running "$SNAPSHOT" --out "$AT/reviewed.json" --detailed-exitcode > /dev/null || code=$?
  case $code in 0 | 2) ;; *) exit "$code" ;; esac
  edgewg plan --compare "$AT/reviewed.json" --out "$AT/plan.json" --format markdown --max-length 1000000 |
    tee -a "${GITHUB_STEP_SUMMARY:-/dev/null}" || exit 1
  if [ "$code" = 2 ]; then echo "$EDGEWG_FILE" >> "$OUT/to-apply"; fi
}

# the plans that were approved, one router after the other, or nothing; none begins after one that failed
production() {
  merged_labels
  agent
  [ -s "$OUT/to-apply" ] || { echo "nothing to apply" && return; }
  SITES=$(cat "$OUT/to-apply") each production stop
}
one_production() { allow && edgewg apply "$AT/plan.json" --yes; }

# what the routers have now, for the next plan to start from
snapshot() {
  agent
  each snapshot
}
one_snapshot() { edgewg snapshot --out "$SNAPSHOT"; }

# on a branch of its own, as a pull request
propose() {
  local branch=edgewg/snapshot title="Take a snapshot of the router" file
  for file in $SITES; do git add -- "$(snapshot_of "$file")"; done
  if git diff --cached --quiet; then return; fi
  git switch -q -C "$branch"
  git -c user.name="$title" -c user.email=edgewg@localhost commit -q -m "$title"
  git push -q --force origin "$branch"
  node "$here/forge.mjs" propose "$branch" "$title"
}

# says what differs from the site files, or isn't saved
drift() {
  agent
  each drift
}
one_drift() { edgewg status --drift; }

rehearse() { each rehearse; }

case ${1:-} in
  install | plan | comment | rehearse | lab-router | live | production | snapshot | propose | drift | one-*) "${1//-/_}" ;;
  *) echo "usage: bash .edgewg/ci.sh install|plan|comment|rehearse|lab-router|live|production|snapshot|propose|drift" && exit 3 ;;
esac
