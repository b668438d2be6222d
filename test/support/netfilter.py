"""Puts packets through the real netfilter of a network namespace and tells what became of each.

Run as `unshare -n python3 netfilter.py`: everything happens in that namespace. One JSON job per line on stdin:
  {"family": 4, "sets": "<ipset restore>", "rules": "<lines of iptables-restore for chain TEST>",
   "flows": [PACKET...], "packets": [PACKET...]}
PACKET is [protocol, source, destination, source port, destination port, tcp flags, icmp type, icmp code, quoted PACKET or null].
`flows` pass unfiltered before, so that conntrack knows them. The reply, one line: for each packet
[state, prefixes logged by its rules..., true when it came out of TEST].
"""
import fcntl, ipaddress, json, os, select, socket, struct, subprocess, sys, time

GROUP = 1


def run(*words, stdin=None):
    done = subprocess.run(words, input=stdin, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip()}\n{stdin or ''}")


def tun(name):
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, 0x400454CA, struct.pack("16sH", name.encode(), 0x0001 | 0x1000))  # TUNSETIFF: IFF_TUN, IFF_NO_PI
    run("ip", "link", "set", name, "up")
    return device


def set_up():
    for path in ("ipv4/ip_forward", "ipv6/conf/all/forwarding"):
        with open(f"/proc/sys/net/{path}", "w") as file:
            file.write("1")
    for name in ("all", "default"):
        with open(f"/proc/sys/net/ipv4/conf/{name}/rp_filter", "w") as file:
            file.write("0")
    devices = tun("tun0"), tun("tun1")
    for family in ("-4", "-6"):
        run("ip", family, "route", "add", "default", "dev", "tun0")
    return devices


def iptables(family):
    name = "iptables" if family == 4 else "ip6tables"
    for flavour in ("legacy", "nft"):
        try:
            run(f"{name}-{flavour}", "-L", "-n")
            return f"{name}-{flavour}-restore"
        except (OSError, RuntimeError):
            continue
    raise RuntimeError(f"no {name} works here")


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def packet(family, ident, fields):
    protocol, source, destination, sport, dport, flags, kind, code, quoted = fields
    source, destination = (ipaddress.ip_address(text).packed for text in (source, destination))
    if protocol == 6:
        body, at = struct.pack("!HHIIBBHHH", sport, dport, 1000, 1000, 5 << 4, flags, 8192, 0, 0), 16
    elif protocol == 17:
        body, at = struct.pack("!HHHH", sport, dport, 12, 0) + b"edge", 6
    elif protocol in (1, 58):
        inner = packet(family, 0, quoted)[: 28 if family == 4 else 48] if quoted else b"edge" * 8
        body, at = struct.pack("!BBHHH", kind, code, 0, 7, 1) + inner, 2
    else:
        body, at = b"\0" * 16, None
    if at is not None:
        pseudo = b"" if protocol == 1 else source + destination + struct.pack("!II", len(body), protocol)
        body = body[:at] + struct.pack("!H", checksum(pseudo + body) or 0xFFFF) + body[at + 2 :]
    if family == 6:
        return struct.pack("!IHBB", 6 << 28 | ident, len(body), protocol, 64) + source + destination + body
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), ident, 0, 64, protocol, 0) + source + destination
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + body


def attribute(kind, value):
    return struct.pack("=HH", 4 + len(value), kind) + value + b"\0" * (-len(value) % 4)


class Log:
    """What NFLOG rules send to group GROUP."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)  # NETLINK_NETFILTER
        self.socket.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)  # SO_RCVBUFFORCE
        self.socket.bind((0, 0))
        self.configure(attribute(1, struct.pack("!B", 1)))  # NFULNL_CFG_CMD_BIND
        self.configure(attribute(2, struct.pack("!IBB", 64, 2, 0)))  # 64 bytes of every packet
        self.configure(attribute(5, struct.pack("!I", 1)))  # tell at once

    def configure(self, attributes):
        body = struct.pack("=BBH", 0, 0, socket.htons(GROUP)) + attributes
        self.socket.send(struct.pack("=IHHII", 16 + len(body), 4 << 8 | 1, 1 | 4, 0, 0) + body)
        kind, error = struct.unpack_from("=4xH10xi", self.socket.recv(65536))
        if kind == 2 and error != 0:
            raise OSError(-error, "nfnetlink_log")

    def messages(self, timeout):
        """(prefix, packet) of what is there; nothing after `timeout` seconds of silence."""
        if not select.select([self.socket], [], [], timeout)[0]:
            return
        data = self.socket.recv(1 << 20)
        while len(data) >= 16:
            length, kind = struct.unpack_from("=IH", data)
            if kind == 4 << 8:
                found = dict(self.attributes(data[20:length]))
                yield found.get(10, b"").rstrip(b"\0").decode(), found.get(9, b"")
            data = data[length + -length % 4 :]

    @staticmethod
    def attributes(data):
        while len(data) >= 4:
            length, kind = struct.unpack_from("=HH", data)
            yield kind & 0x7FFF, data[4:length]
            data = data[length + -length % 4 :]


STATES = ("NEW", "ESTABLISHED", "RELATED", "INVALID", "UNTRACKED")


def rules(job):
    log = f"-j NFLOG --nflog-group {GROUP} --nflog-prefix"
    lines = ["*filter", ":INPUT DROP", ":FORWARD DROP", ":OUTPUT DROP", ":TEST -"]
    lines += ["-A FORWARD -i tun1 -j ACCEPT", f"-A FORWARD -p 254 {log} end", "-A FORWARD -p 254 -j DROP"]
    lines += [f"-A FORWARD -m state --state {state} {log} {state.lower()}" for state in STATES]
    lines += ["-A FORWARD -j TEST", f"-A FORWARD {log} accepted", "-A FORWARD -j DROP"]
    lines += job["rules"].replace("@LOG", log).splitlines()
    return "\n".join([*lines, "COMMIT", ""])


def ident(family, data):
    return struct.unpack_from("!H", data, 4)[0] if family == 4 else struct.unpack_from("!I", data)[0] & 0xFFFFF


def judge(job, restore, devices, log):
    family = job["family"]
    for command in restore.values():
        run(command, stdin="*filter\n:FORWARD DROP\nCOMMIT\n")
    run("ipset", "destroy")
    run("ipset", "restore", stdin=job["sets"])
    run(restore[family], stdin=rules(job))
    for fields in job["flows"]:
        os.write(devices[1], packet(family, 0, fields))
    for number, fields in enumerate(job["packets"]):
        os.write(devices[0], packet(family, number + 1, fields))
    ends = [254, *(["192.0.2.1", "192.0.2.2"] if family == 4 else ["2001:db8::1", "2001:db8::2"]), 0, 0, 0, 0, 0, None]
    os.write(devices[0], packet(family, 0, ends))
    said = [[] for _ in job["packets"]]
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        for prefix, data in log.messages(10):
            if prefix == "end":
                return said
            said[ident(family, data) - 1].append(True if prefix == "accepted" else prefix)
    raise RuntimeError("the packets were not all seen again")


def main():
    devices, log = set_up(), Log()
    restore = {4: iptables(4), 6: iptables(6)}
    print("ready", flush=True)
    for line in sys.stdin:
        try:
            reply = judge(json.loads(line), restore, devices, log)
        except RuntimeError as error:
            reply = {"error": str(error)}
        print(json.dumps(reply), flush=True)
        for device in devices:
            try:
                while os.read(device, 65536):
                    pass
            except BlockingIOError:
                pass


if __name__ == "__main__":
    main()
