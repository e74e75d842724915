import subprocess
import sys

LOADS = "print(*{'torch', 'torch._dynamo'} & sys.modules.keys())"


def loaded(code):
    done = subprocess.run([sys.executable, "-c", f"import sys\n{code}\n{LOADS}"], capture_output=True, check=True)
    return set(done.stdout.decode().split())


def test_importing_the_package_loads_no_torch():
    assert not loaded("import cnnviz.train")


def test_the_loop_and_what_pages_use_of_it_load_without_torchs_compiler():
    modules = ("training", "evaluation", "predictions", "calibration", "class_metrics", "optimizers", "schedules")
    assert loaded("\n".join(f"import cnnviz.train.{name}" for name in modules)) == {"torch"}


def test_what_workers_are_forked_from_has_made_an_optimiser_so_that_no_worker_imports_the_compiler():
    assert loaded("import cnnviz.runs.preload") == {"torch", "torch._dynamo"}
