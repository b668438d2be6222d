"""netmiko's vyos driver sends 30 set lines, commits, and reads them back.

usage: netmiko_lines.py PORT USER, with the password in LAB_PASSWORD
"""

import os
import sys

from netmiko import ConnectHandler

router = ConnectHandler(
    device_type="vyos",
    host="127.0.0.1",
    port=int(sys.argv[1]),
    username=sys.argv[2],
    password=os.environ["LAB_PASSWORD"],
)
lines = [f"set firewall group address-group NETMIKO address 10.0.0.{n}" for n in range(1, 31)]
router.send_config_set(lines, exit_config_mode=False)
print(router.commit())
router.exit_config_mode()
shown = router.send_command("show configuration commands | match NETMIKO")
router.disconnect()
assert [line.strip() for line in shown.splitlines()] == lines, shown
