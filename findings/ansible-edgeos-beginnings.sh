#!/bin/sh
# Ansible's community.network.edgeos_config, as in Debian 12's ansible 7.7.0: lines are compared by how they begin, so that one name counts for every longer one.
# `delete interfaces wireguard wg1` is sent, and reported as a change, on every run while there is a wg10 (and no wg1). Beside that line one of wg10 that is there already is sent
# again. And of a `src` written in braces a line is dropped without a word when a longer one that begins alike follows: name-server 10.0.0.1 before 10.0.0.10.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq ansible=7.7.0+dfsg-3+deb12u1 ansible-core=2.14.18-0+deb12u2 python3-packaging python3-jinja2 python3-markupsafe python3-yaml 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" .; done
cat >src <<'END'
system {
    name-server 10.0.0.1
    name-server 10.0.0.10
}
END
cat >run.py <<'END'
from ansible_collections.community.network.plugins.modules import edgeos_config as module

commands = module.config_to_commands(open("src").read())
print("from braces:", commands)
assert commands == ["set system name-server 10.0.0.10"], commands

running = "set interfaces wireguard wg10 mtu 1420"
gone = module.diff_config(None, ["delete interfaces wireguard wg2"], running)
print("wg2 isn't there:", gone)
assert gone == [], gone
gone = module.diff_config(None, ["delete interfaces wireguard wg1"], running)
print("nor is wg1:", gone)
assert gone == ["delete interfaces wireguard wg1"], gone
both = module.diff_config(None, ["delete interfaces wireguard wg1", running], running)
print("wg10 as it is:", both)
assert both == ["delete interfaces wireguard wg1", running], both
END
PYTHONPATH=$folder/usr/lib/python3/dist-packages /usr/bin/python3 run.py
