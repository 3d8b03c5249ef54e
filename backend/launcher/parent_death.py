"""Parent-death signals: a child process gets a signal when its parent dies, even by SIGKILL.

Run as a script, `parent_death.py SIGNAL PARENT_PID COMMAND...`, it asks the kernel for the signal
and then becomes the command. A script, because Popen's preexec_fn is unsafe once the parent has
threads. Linux only: elsewhere the command just runs.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys

_PR_SET_PDEATHSIG = 1


def with_parent_death_signal(command: list[str], death_signal: signal.Signals) -> list[str]:
    """Return the command line that runs `command` and signals it when this process dies."""
    # -I -S: the script needs only the standard library and starts in a few milliseconds.
    script = [sys.executable, "-I", "-S", __file__, str(int(death_signal)), str(os.getpid())]
    return [*script, *command]


def signal_when_parent_dies(death_signal: int, parent_pid: int) -> None:
    """Have the kernel send this process `death_signal` when its parent `parent_pid` ends."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != parent_pid:  # the parent died before the call above
        os.kill(os.getpid(), death_signal)


def _main() -> None:
    death_signal, parent_pid, *command = sys.argv[1:]
    # Each open web socket is a file: raise the limit as far as the system allows.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    signal_when_parent_dies(int(death_signal), int(parent_pid))
    os.execvp(command[0], command)


if __name__ == "__main__":
    _main()
