"""netmiko's vyos driver: the lines of a file, committed and saved.

usage: netmiko_apply.py HOST PORT USER KEY-FILE LINES-FILE
"""

import sys

from netmiko import ConnectHandler

host, port, user, key_file, lines_file = sys.argv[1:]
with open(lines_file, encoding="utf-8") as file:
    lines = file.read().splitlines()
router = ConnectHandler(
    device_type="vyos",
    host=host,
    port=int(port),
    username=user,
    use_keys=True,
    key_file=key_file,
    allow_agent=False,
    timeout=60,
)
router.send_config_set(lines, exit_config_mode=False)
# looks every 0.2 s, for at most 100 s; its own default gives up after 10
router.commit(delay_factor=1)
print(router.send_command("save", expect_string=r"#"))
router.exit_config_mode()
router.disconnect()
