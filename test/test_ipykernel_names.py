"""What libraries that were written for ipykernel look for, and find (`ipykernel_names`)."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from executor_pipes import PipedExecutor, python_executor

FILE = "/nowhere/kernel-1.json"


@pytest.fixture(scope="module", params=["with ipykernel", "without"])
def python(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PipedExecutor]:
    """An executor; ipykernel may be installed beside it, or not be found."""
    home = tmp_path_factory.mktemp("home")
    installed = request.param == "with ipykernel"
    if installed and importlib.util.find_spec("ipykernel") is None:
        pytest.skip("ipykernel is not installed")
    with python_executor(home, POLYGLOT_CONNECTION_FILE=FILE) as executor:
        if not installed:
            executor.run(
                "import sys\n"
                "from importlib.machinery import PathFinder\n"
                "class Without(PathFinder):\n"
                "    @classmethod\n"
                "    def find_spec(cls, name, path=None, target=None):\n"
                "        if name.partition('.')[0] != 'ipykernel':\n"
                "            return super().find_spec(name, path, target)\n"
                "sys.meta_path[sys.meta_path.index(PathFinder)] = Without\n"
                "import importlib.machinery; importlib.machinery.PathFinder = Without\n"
                "import polyglot_shim.executor.ipykernel_names.modules as ours\n"
                "ours.PathFinder = Without"
            )
        executor.run(
            "import comm; ip = get_ipython(); kernel = ip.kernel; before = comm.create_comm"
        )
        yield executor


def test_a_notebook_is_known_by_its_names(python: PipedExecutor) -> None:
    """plotly, rich, click, tqdm, wandb: each looks at another one."""
    names = "[type(x).__module__ + '.' + type(x).__name__ for x in (ip, sys.stdout, kernel)]"
    assert eval(python.run(f"import sys; {names}").result or "") == [
        "ipykernel.zmqshell.ZMQInteractiveShell",
        "ipykernel.iostream.OutStream",
        "ipykernel.ipkernel.IPythonKernel",
    ]
    assert python.run("'ipykernel' in sys.modules, 'IPKernelApp' in ip.config").result == (
        "(True, True)"
    )


def test_a_script_knows_a_notebook_by_its_command_line(python: PipedExecutor) -> None:
    """And then does not read options that are not for it."""
    known = "import sys; 'ipykernel_launcher.py' in sys.argv[0], sys.argv[1:]"
    assert python.run(known).result == "(True, [])"


def test_the_connection_file(python: PipedExecutor) -> None:
    """mlflow, ipynbname and others find the notebook by it."""
    ways = (
        "__import__('ipykernel').get_connection_file()",
        "__import__('ipykernel.connect').connect.get_connection_file()",
        "__import__('ipykernel.kernelapp').kernelapp.IPKernelApp.instance().connection_file",
        "ip.config['IPKernelApp']['connection_file']",
        "ip.parent.abs_connection_file",
    )
    for way in ways:
        assert python.run(way).result == repr(FILE), way


def test_there_is_one_of_each(python: PipedExecutor) -> None:
    same = (
        "from ipykernel.kernelapp import IPKernelApp\n"
        "from ipykernel.ipkernel import IPythonKernel\n"
        "from ipykernel.kernelbase import Kernel\n"
        "from ipykernel.zmqshell import ZMQInteractiveShell, ZMQDisplayPublisher\n"
        "from traitlets.config import Application\n"
        "(IPKernelApp.initialized(), IPKernelApp.instance() is Application.instance(),\n"
        " Kernel.instance() is IPythonKernel.instance() is kernel,\n"
        " ZMQInteractiveShell.instance() is ip is kernel.shell,\n"
        " isinstance(ip.display_pub, ZMQDisplayPublisher))"
    )
    assert python.run(same).result == "(True, True, True, True, True)"


def test_no_import_takes_the_comms_away(python: PipedExecutor) -> None:
    imports = "import ipykernel.ipkernel, ipykernel.comm, ipykernel.kernelapp, ipykernel.zmqshell"
    assert python.run(f"{imports}\ncomm.create_comm is before").result == "True"
    python.run("del sys.modules['ipykernel'], sys.modules['ipykernel.ipkernel']")
    assert python.run(f"{imports}\ncomm.create_comm is before").result == "True"


def test_a_comm_made_by_its_class(python: PipedExecutor) -> None:
    """As bokeh's `push_notebook`, holoviews and matplotlib's nbagg do."""
    cell = python.run(
        "from ipykernel.comm import Comm, CommManager\n"
        "one = Comm('there', data={'a': 1}); one.send({'b': 2}, buffers=[b'xy'])\n"
        "(comm.get_comm_manager().get_comm(one.comm_id) is one, one.kernel is kernel,\n"
        " isinstance(comm.get_comm_manager(), CommManager))"
    )
    assert cell.result == "(True, True, True)"
    [opened], [sent] = cell.messages("comm_open"), cell.messages("comm_msg")
    assert (opened["target_name"], opened["content"]["data"]) == ("there", {"a": 1})
    assert (sent["content"]["data"], sent["buffers"]) == ({"b": 2}, [b"xy"])


def test_messages_of_the_session(python: PipedExecutor) -> None:
    cell = python.run(
        "content = {'data': {'text/plain': 'shown'}, 'metadata': {}}\n"
        "sent = kernel.session.send(kernel.iopub_socket, 'display_data', content,\n"
        "                           parent=kernel.get_parent())\n"
        "kernel.send_response(kernel.iopub_socket, 'stream', {'name': 'stderr', 'text': 'e'})\n"
        "sent['msg_type'], sent['parent_header'] == kernel._parent_header['header']"
    )
    assert not cell.error, cell.error
    assert cell.displays == [{"text/plain": "shown"}]
    assert (cell.stderr, cell.result) == ("e", "('display_data', True)")
    failed = python.run("kernel.session.send(object(), 'status', {})")
    assert "iopub_socket alone" in (failed.error or {})["evalue"]


def test_hooks_see_messages_before_they_are_published(python: PipedExecutor) -> None:
    cell = python.run(
        "def change(message):\n"
        "    message['content']['data']['text/plain'] = message['msg_type']\n"
        "    return message\n"
        "for publisher in (ip.display_pub, ip.displayhook): publisher.register_hook(change)\n"
        "display(1)\n"
        "1"
    )
    assert (cell.displays, cell.result) == ([{"text/plain": "display_data"}], "execute_result")
    kept = python.run(
        "removed = [each.unregister_hook(change) for each in (ip.display_pub, ip.displayhook)]\n"
        "ip.display_pub.register_hook(kept := lambda message: None); display(2)\n"
        "removed, ip.display_pub.unregister_hook(kept), ip.display_pub.unregister_hook(kept)"
    )
    assert (kept.displays, kept.result) == ([], "([True, True], True, False)")


def test_the_message_that_is_answered(python: PipedExecutor) -> None:
    python.run("ip.events.register('pre_run_cell', lambda info: print(info.cell_id))")
    cell = python.run("parent = kernel.get_parent()", metadata={"cellId": "c-7"})
    assert cell.stdout == "c-7\n"
    python.run("ip.events.callbacks['pre_run_cell'].clear()")
    seen = (
        "parent['metadata']['cellId'], parent['content']['code'][:6], parent['content']['silent']"
    )
    assert python.run(seen).result == "('c-7', 'parent', False)"
    assert python.run("ip.parent_header is kernel._parent_header").result == "True"


def test_a_thread_chooses_the_cell_of_its_output(python: PipedExecutor) -> None:
    id = python.start("first = ip.get_parent()")
    python.collect(id)
    python.start(
        "import threading\n"
        "def work():\n"
        "    tokens = ip.set_thread_parent(first)\n"
        "    print('to the first', flush=True)\n"
        "    ip.reset_thread_parent(tokens)\n"
        "    print('to its own', flush=True)\n"
        "thread = threading.Thread(target=work); thread.start(); thread.join()"
    )
    for _ in range(2):
        frame = python.wait_for("stream")
        shown = {bytes(frame.buffers[0]): frame.header["id"]}
        expected = id if b"first" in next(iter(shown)) else id + 1
        assert list(shown.values()) == [expected]
    python.wait_for("reply")


def test_questions_and_cells_by_the_kernel(python: PipedExecutor) -> None:
    cell = python.run("await kernel.do_execute('print(1); 2', False, user_expressions={'a': '3'})")
    assert (cell.stdout, cell.messages("execute_result")[0]["content"]["data"]["text/plain"]) == (
        "1\n",
        "2",
    )
    failed = python.run("(await kernel.do_execute('1/0', True))['ename']")
    assert failed.result == "'ZeroDivisionError'"
    assert python.run("kernel.do_complete('kerne', 5)['matches']").result == "['kernel']"
    assert python.run("kernel.do_is_complete('f(')['status']").result == "'incomplete'"
    assert python.run("kernel.do_inspect('len', 3)['found']").result == "True"
    assert "do_inspect" in (python.run("kernel.do_history('tail', False, True, n=2)").result or "")


def test_a_cell_that_waits_in_a_loop_lets_comm_messages_in(python: PipedExecutor) -> None:
    """As dash does, which waits for its front end."""
    made = python.run(
        "one = comm.create_comm(target_name='loop'); got = []; one.on_msg(got.append)"
    )
    comm_id = made.messages("comm_open")[0]["comm_id"]
    waits = python.start("print('on')\nwhile not got: kernel.do_one_iteration()\nlen(got)")
    python.wait_for_text("on")
    content = json.dumps({"comm_id": comm_id, "data": {}}).encode()
    python.send("comm", [content], msg_type="comm_msg", header={"msg_id": "m"})
    assert python.collect(waits).result == "1"
    assert (
        python.run("kernel.shell_handlers['execute_request'] = kernel.execute_request").error
        is None
    )


@pytest.mark.parametrize(
    "code, said",
    [
        ("from ipykernel.embed import embed_kernel; embed_kernel()", "is a kernel already"),
        ("from ipykernel.kernelapp import IPKernelApp; IPKernelApp.launch_instance()", "already"),
        ("from ipykernel.iostream import IOPubThread; IOPubThread(None)", "the host"),
        ("from ipykernel.kernelbase import Kernel\nclass Mine(Kernel): pass\nMine()", "already"),
        ("kernel.shell_stream", "the host"),
        ("import ipykernel.zmqshell; ipykernel.zmqshell.Absent", "PolyglotKernel"),
    ],
)
def test_what_makes_no_sense_here_says_so(python: PipedExecutor, code: str, said: str) -> None:
    assert said in (python.run(code).error or {})["evalue"]


def test_other_modules_are_those_of_an_installed_one(python: PipedExecutor) -> None:
    cell = python.run("from ipykernel.kernelspec import RESOURCES; RESOURCES")
    if cell.error:
        assert cell.error["evalue"] == "No module named 'ipykernel.kernelspec'"
    else:
        assert Path(eval(cell.result or "")).name == "resources"


def test_its_application_is_configured_as_ipykernels(tmp_path: Path) -> None:
    folder = tmp_path / "ipython" / "profile_default"
    folder.mkdir(parents=True)
    (folder / "ipython_kernel_config.py").write_text(
        "c = get_config()\n"
        "c.IPKernelApp.exec_lines = ['from_kernel_config = 1']\n"
        "c.IPKernelApp.extensions = ['autoreload']\n"
        "c.IPKernelApp.matplotlib = 'agg'\n"
    )
    with python_executor(tmp_path) as python:
        assert python.run("from_kernel_config").result == "1"
        if importlib.util.find_spec("matplotlib"):
            backend = "import matplotlib; matplotlib.get_backend().lower()"
            assert python.run(backend).result == "'agg'"
        assert "autoreload" in (
            python.run("ip = get_ipython(); list(ip.extension_manager.loaded)").result or ""
        )
        python.run("%config HistoryManager.db_cache_size = 5")
        assert python.run("%config HistoryManager.db_cache_size").result == "5"


def test_options_behind_the_connection_file_are_ipythons(launch) -> None:
    options = ["--IPKernelApp.exec_lines=given = 5", "--InteractiveShell.cache_size=7", "--shell=1"]
    nb = launch(arguments=options).connect()
    assert nb.run("given, get_ipython().cache_size").result == "(5, 7)"
    assert nb.run("import sys; sys.argv[1:]").result == "[]"


def test_options_that_mean_nothing_here_do_no_harm(launch) -> None:
    nb = launch(arguments=["script.py", "--no-such-option=1", "--help"]).connect()
    assert nb.run("1 + 1").result == "2"
