"""Run a program as another user, bound to die with its parent. A script of its own, because forking with code in between
is not safe in a process that has threads.

Usage: python -I -S _launch.py UID GID PARENT_PID PROGRAM [ARGUMENT …]; UID and GID -1 keep the user.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Become the program."""
    uid, gid, parent = (int(text) for text in sys.argv[1:4])
    program = sys.argv[4:]
    os.umask(0o077)
    if gid >= 0:
        os.setgroups([])
        os.setgid(gid)
    if uid >= 0:
        os.setuid(uid)
    if sys.platform == "linux":
        # After setuid, which clears it. SIGINT is PostgreSQL's fast, clean shutdown.
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
        if os.getppid() != parent:
            sys.exit("the parent is gone")
    os.execv(program[0], program)


if __name__ == "__main__":
    main()
