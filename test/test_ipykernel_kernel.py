"""What libraries do with `get_ipython().kernel` and `sys.stdout`, as they do under ipykernel."""

from __future__ import annotations

import pytest
from notebook import Notebook


@pytest.mark.parametrize("first", ["IOLoop.current()", "kernel.io_loop", "1"])
def test_the_loop_is_tornados(launch, first: str) -> None:
    """bokeh, panel and dask ask tornado for the loop, others the kernel, in whatever order."""
    nb = launch().connect()
    nb.run("from tornado.ioloop import IOLoop\nkernel = get_ipython().kernel")
    nb.run(first)
    in_thread = "ThreadPoolExecutor(1).submit(lambda: kernel.io_loop).result()"
    nb.run(f"from concurrent.futures import ThreadPoolExecutor\nthere = {in_thread}")
    assert nb.run("kernel.io_loop is IOLoop.current() is there").result == "True"
    code = "kernel.io_loop.add_callback(came.set)\nawait came.wait(); print('came')"
    assert nb.run("import asyncio\ncame = asyncio.Event()\n" + code).stdout == "came\n"


def test_a_restart_that_code_asks_for(launch) -> None:
    """The answer to "restart the kernel from a cell" that everybody finds."""
    nb = launch().connect()
    nb.run("lost = 1")
    nb.run("%julia kept = 34")
    application = "from traitlets.config import Application\nApplication.instance()"
    nb.run(f"{application}.kernel.do_shutdown(True)")
    assert nb.fail("lost").error.ename == "NameError"
    assert nb.run("%julia kept").result == "34"


def test_variables_are_cleared(nb: Notebook) -> None:
    nb.run("lost = 1\nget_ipython().kernel.do_clear()")
    assert nb.fail("lost").error.ename == "NameError"


@pytest.mark.parametrize(
    "name", ["msg_types", "start", "kernel_info_request", "init_metadata", "shell_stream"]
)
def test_what_the_host_has_is_said_to_be_there(nb: Notebook, name: str) -> None:
    assert "the host" in nb.fail(f"get_ipython().kernel.{name}").error.evalue


def test_the_message_has_its_id_and_type(nb: Notebook) -> None:
    parent = "get_ipython().get_parent()"
    nb.run(f"parent = {parent}")
    assert nb.run("parent['msg_id'] == parent['header']['msg_id']").result == "True"
    sender = "get_ipython().kernel._parent_ident['shell'][0].decode()"
    assert nb.run(f"{sender} == parent['header']['session']").result == "True"
    assert nb.run("parent['msg_type'], parent['buffers']").result == "('execute_request', [])"


def test_a_hook_sees_the_text_of_a_stream(nb: Notebook) -> None:
    nb.run(
        "import sys\nseen = []\n"
        "def louder(message):\n"
        "    seen.append((message['msg_type'], message['parent_header']['msg_type']))\n"
        "    text = message['content']['text']\n"
        "    message['content']['text'] = text.upper()\n"
        "    return message if 'secret' not in text else None\n"
    )
    cell = nb.run(
        "sys.stdout.register_hook(louder)\nprint('a word')\nprint('secret', end='')\n"
        "sys.stdout.unregister_hook(louder)\nprint('another')"
    )
    assert cell.stdout == "A WORD\nanother\n"
    assert nb.run("seen[0]").result == "('stream', 'execute_request')"
    assert nb.run("print('after')").stdout == "after\n"
