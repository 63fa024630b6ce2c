"""`usage_request`, which JupyterLab's resource monitors send on the control channel."""

from __future__ import annotations

from notebook import Notebook

MEGABYTE = 2**20


def test_it_counts_the_host_and_both_executors(nb: Notebook) -> None:
    before = nb.ask("usage_request", channel="control").answer
    assert before["pid"] == nb.kernel.process.pid
    assert before["kernel_memory"] > 100 * MEGABYTE
    nb.run("ballast = bytearray(200 * 2**20)")
    after = nb.ask("usage_request", channel="control").answer
    assert after["kernel_memory"] - before["kernel_memory"] > 150 * MEGABYTE
    nb.run("del ballast")


def test_it_is_answered_while_a_cell_runs(nb: Notebook) -> None:
    spin = nb.submit("print('spinning')\nwhile True: pass")
    spin.wait_for_stdout("spinning")
    assert nb.ask("usage_request", channel="control").answer["cpu_count"] >= 1
    nb.interrupt()
    spin.wait()
