"""Puts packets through the real mangle table, rules and routing tables of a network namespace, and tells where each went.

Run as `unshare -n python3 policy.py`. One JSON job per line on stdin:
  {"family": 4, "sets": "<ipset restore>", "mangle": "<lines of iptables-restore for chain TEST>", "pbr": [[table, mark], ...],
   "routes": [[table, prefix, "out1" or "blackhole", metric], ...], "packets": [PACKET...]}
PACKET as in netfilter.py. The reply, one line: for each packet [state, where]: an interface, "own", or nothing, where it was dropped.
"""
import json, os, subprocess, sys, time

from netfilter import GROUP, STATES, Log, ident, iptables, packet, run, tun

OUTS = ("out0", "out1", "out2", "out3")
OWN = {4: "10.1.2.3/32", 6: "2001:db8:1:2::1/128"}
MASK = "0x7F800000"


def set_up():
    for path in ("ipv4/ip_forward", "ipv6/conf/all/forwarding"):
        with open(f"/proc/sys/net/{path}", "w") as file:
            file.write("1")
    for name in ("all", "default"):
        with open(f"/proc/sys/net/ipv4/conf/{name}/rp_filter", "w") as file:
            file.write("0")
    device = tun("tun0")
    outs = [tun(name) for name in OUTS]
    for family in (4, 6):
        run("ip", f"-{family}", "addr", "add", OWN[family], "dev", "out0", *(["nodad"] if family == 6 else []))
    return device, outs


def lines(job):
    log = f"-j NFLOG --nflog-group {GROUP} --nflog-prefix"
    chains = [f":UBNT_PBR_{table} -" for table, _ in job["pbr"]]
    marks = [
        line
        for table, mark in job["pbr"]
        for line in (f"-A UBNT_PBR_{table} -j MARK --set-mark {mark}/{MASK}", f"-A UBNT_PBR_{table} -j ACCEPT")
    ]
    mangle = ["*mangle", ":PREROUTING ACCEPT", ":TEST -", *chains, *marks]
    mangle += [f"-A PREROUTING -p 254 {log} end", "-A PREROUTING -p 254 -j DROP"]
    mangle += [f"-A PREROUTING -i tun0 -m state --state {state} {log} {state.lower()}" for state in STATES]
    mangle += ["-A PREROUTING -i tun0 -j TEST", *job["mangle"].splitlines(), "COMMIT"]
    filters = ["*filter", ":INPUT DROP", ":FORWARD DROP", ":OUTPUT DROP", f"-A INPUT -i tun0 {log} own"]
    filters += [f"-A FORWARD -i tun0 -o {name} {log} {name}" for name in OUTS]
    return "\n".join([*mangle, *filters, "COMMIT", ""])


def tables(job):
    family = f"-{job['family']}"
    rules = subprocess.run(["ip", "-4", "rule", "show"], capture_output=True, text=True).stdout
    for line in rules.splitlines():
        pref = line.split(":")[0]
        if 0 < int(pref) < 32000:
            run("ip", "-4", "rule", "del", "pref", pref)
    # as EdgeOS does it, for either family: without -6
    for table, mark in job["pbr"]:
        run("ip", "rule", "add", "pref", str(table), "fwmark", f"{mark}/{MASK}", "table", str(table))
    for table in {table for table, *_ in job["routes"]} | {"main", "10", "20"}:
        subprocess.run(["ip", family, "route", "flush", "table", table], capture_output=True)
    for table, prefix, out, metric in job["routes"]:
        words = ["blackhole", prefix] if out == "blackhole" else [prefix, "dev", out]
        run("ip", family, "route", "add", *words, "metric", str(metric), "table", table)


def judge(job, restore, device, log):
    family = job["family"]
    for command in restore.values():
        run(command, stdin="*mangle\n:PREROUTING ACCEPT\nCOMMIT\n*filter\n:FORWARD DROP\nCOMMIT\n")
    run("ipset", "destroy")
    run("ipset", "restore", stdin=job["sets"])
    tables(job)
    run(restore[family], stdin=lines(job))
    for number, fields in enumerate(job["packets"]):
        os.write(device, packet(family, number + 1, fields))
    ends = [254, *(["192.0.2.1", "192.0.2.2"] if family == 4 else ["2001:db8::1", "2001:db8::2"]), 0, 0, 0, 0, 0, None]
    os.write(device, packet(family, 0, ends))
    said = [[] for _ in job["packets"]]
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for prefix, data in log.messages(30):
            if prefix == "end":
                return said
            said[ident(family, data) - 1].append(prefix)
    raise RuntimeError("the packets were not all seen again")


def main():
    device, _outs = set_up()
    log = Log()
    restore = {4: iptables(4), 6: iptables(6)}
    print("ready", flush=True)
    for line in sys.stdin:
        try:
            reply = judge(json.loads(line), restore, device, log)
        except RuntimeError as error:
            reply = {"error": str(error)}
        print(json.dumps(reply), flush=True)
        for one in (device, *_outs):
            try:
                while os.read(one, 65536):
                    pass
            except BlockingIOError:
                pass


main()
