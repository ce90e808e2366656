"""What a class needs beyond one machine: values that parse, settings that hold."""

import importlib.util
from pathlib import Path

import pytest
import yaml

from qmlcourse.course import classroom, command_line, serving

ROOT = Path(__file__).parents[2]


def test_the_hub_s_values_are_a_table_with_limits():
    values = yaml.safe_load((ROOT / "deploy" / "jupyterhub-values.yaml").read_text("utf-8"))
    assert values["singleuser"]["memory"]["limit"] == "2G"
    assert values["singleuser"]["extraEnv"]["OMP_NUM_THREADS"] == "1"
    assert values["cull"]["enabled"]
    assert values["hub"]["config"]["JupyterHub"]["admin_access"] is False


def test_a_class_has_a_cap_and_gives_idle_places_back():
    found = classroom.class_settings(7, idle=120, reserve=1.5)
    assert found["CappedKernels"] == {"viewers": 7, "reserve": 1.5}
    assert found["MappingKernelManager"]["cull_idle_timeout"] == 120
    assert found["MappingKernelManager"]["cull_connected"]
    assert found["KernelManager"] == {"autorestart": False}
    assert found["VoilaConfiguration"]["resources"]["qmlcourse"]["lecture"] is False
    with pytest.raises(ValueError, match="--viewers is 1 or more, not 0"):
        classroom.class_settings(0)


def test_serve_says_what_is_wrong(capsys):
    assert command_line.main(["serve", "--viewers", "0"]) == 2
    assert "1 or more" in capsys.readouterr().err


def test_every_served_page_has_the_guarded_connection():
    for lecture in (True, False):
        found = serving.settings(lecture=lecture, idle=60)
        assert found["Voila"]["kernel_websocket_connection_class"].endswith("PageConnection")
        assert found["Voila"]["ip"] == "127.0.0.1"
        assert found["VoilaConfiguration"]["allow_template_override"] == "NO"


def test_a_liked_port_is_taken_where_it_is_free():
    import socket

    free = serving.free_port()
    assert serving.free_port(free) == free
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", free))
        busy.listen()
        assert serving.free_port(free) != free


@pytest.fixture
def benchmark(monkeypatch):
    def load(name):
        place = ROOT / "benchmarks" / f"{name}.py"
        spec = importlib.util.spec_from_file_location(f"benchmark_{name}", place)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


def test_the_latency_table_reads_what_the_browser_tests_print(benchmark):
    line = "A ring, a flux, an electron: 48 keys, new picture after 52 ms (median), 71 ms (95 %)"
    found = benchmark("latency").LINE.match(line)
    assert found.groups() == ("A ring, a flux, an electron", "48", "52", "71")


def test_percentiles_of_the_load_test(benchmark):
    percentile = benchmark("classroom").percentile
    assert percentile([5, 1, 3, 2, 4], 0.5) == 3
    assert percentile(range(101), 0.95) == 95
