import _millrace


def main():
    source = _millrace.read(3)
    scope = {"__name__": "handler"}
    exec(compile(source, "handler.py", "exec"), scope)
