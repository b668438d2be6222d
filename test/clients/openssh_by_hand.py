"""OpenSSH's ssh on a real terminal, typed at like a person: configure, set, compare, commit, save, exit.

usage: openssh_by_hand.py SSH-WORD...   (the whole command line up to the host)
"""

import os
import pty
import re
import select
import sys
import time


def main() -> None:
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(sys.argv[1], sys.argv[1:])
    heard = b""

    def until(pattern: str) -> str:
        nonlocal heard
        deadline = time.monotonic() + 20
        while not (found := re.search(pattern.encode(), heard)):
            ready, _, _ = select.select([terminal], [], [], max(0, deadline - time.monotonic()))
            assert ready, f"waited for {pattern!r}, heard {heard!r}"
            try:
                heard += os.read(terminal, 4096)
            except OSError:  # the other side has closed the terminal
                raise AssertionError(f"closed before {pattern!r}: {heard!r}") from None
        said, heard = heard[: found.end()], heard[found.end() :]
        return said.decode().replace("\r", "")

    def type_line(line: str, pattern: str) -> str:
        os.write(terminal, line.encode() + b"\r")
        return until(pattern)

    op, configure = r"ubnt@ubnt:~\$ ", r"\[edit[^\]]*\]\r*\nubnt@ubnt# "
    assert "Welcome to EdgeOS" in until(op)
    assert "Version:" in type_line("show version", op)
    type_line("configure", configure)
    type_line("set interfaces ethernet eth1 description 'typed by hand'", configure)
    assert ">description \"typed by hand\"" in type_line("compare", configure)
    assert "Cannot exit: configuration modified." in type_line("exit", configure)
    type_line("commit", configure)
    assert "Saving configuration to '/config/config.boot'...\nDone" in type_line("save", configure)
    assert "No configuration changes to commit" in type_line("commit", configure)
    type_line("exit", op)
    assert "'typed by hand'" in type_line("show configuration commands | match hand", op)
    os.write(terminal, b"exit\r")
    until("logout")
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0, status


main()
